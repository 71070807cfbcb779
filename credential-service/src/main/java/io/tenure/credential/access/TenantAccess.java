package io.tenure.credential.access;

import io.tenure.kit.problem.Refusal;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Whether a tenant may have credentials and identities. Facts of the lifecycle service move it; the identity provider
 * follows afterwards, and only then is the change announced.
 *
 * <p>Every method that takes a termination's id returns whether anything changed, and refuses a fact that contradicts what
 * is known ({@link Refusal}): facts of one tenant arrive in order, so it can never become right.
 */
@Entity
public class TenantAccess {

    /** Where a tenant stands. */
    public enum State {
        /** Credentials are issued; identities work. */
        OPEN,
        /** A termination voided all credentials and shuts all identities out (row P2.2b). */
        RESTRICTED,
        /** Keys and ciphertexts are destroyed, identities are deleted; for ever. */
        DESTROYED
    }

    /** The administrator's first password on its way to the identity provider, encrypted as that credential's secret. */
    public record Staged(UUID credentialId, byte[] ciphertext) {}

    @Id
    @Column(updatable = false)
    UUID tenantId;

    @Enumerated(EnumType.STRING)
    State state;

    long revision;
    UUID terminationId;
    boolean announced;
    boolean identityWanted;
    String identityId;
    UUID stagedCredentialId;
    byte[] stagedCiphertext;
    Instant notBefore;
    int identities;
    int revokedCredentials;
    int erasedCiphertexts;
    int destroyedKeys;

    protected TenantAccess() {}

    TenantAccess(UUID tenantId) {
        this.tenantId = tenantId;
        this.state = State.OPEN;
        this.announced = true;
    }

    /** The tenant was created: it is to have an administrator's identity, once its access is open. */
    public void wantIdentity() {
        if (state != State.DESTROYED) {
            identityWanted = true;
        }
    }

    /** A termination was requested. @return false if this fact is old */
    public boolean restrict(UUID termination) {
        return switch (state) {
            case OPEN -> {
                if (termination.equals(terminationId)) {
                    // That termination was cancelled since.
                    yield false;
                }
                stagedCredentialId = null;
                stagedCiphertext = null;
                revokedCredentials = 0;
                erasedCiphertexts = 0;
                yield move(State.RESTRICTED, termination);
            }
            case RESTRICTED, DESTROYED -> same(termination);
        };
    }

    /** The termination is called back. @return false if this fact is old */
    public boolean restore(UUID termination) {
        return switch (state) {
            case OPEN -> same(termination);
            case RESTRICTED -> {
                same(termination);
                yield move(State.OPEN, termination);
            }
            case DESTROYED -> throw new Refusal("access-destroyed", "The tenant's access is destroyed for ever");
        };
    }

    /** The deletion began. @return false if this fact is old */
    public boolean destroy(UUID termination) {
        return switch (state) {
            case OPEN -> throw new Refusal("not-terminated", "A deletion needs a termination that is in force");
            case RESTRICTED -> {
                same(termination);
                identityWanted = false;
                yield move(State.DESTROYED, termination);
            }
            case DESTROYED -> same(termination);
        };
    }

    /** Keeps a secret until the identity provider has it. */
    public void stage(Staged staged) {
        mustLackIdentity();
        stagedCredentialId = staged.credentialId();
        stagedCiphertext = staged.ciphertext();
    }

    /** The identity provider knows the administrator now. */
    public void identityCreated(String identity) {
        mustLackIdentity();
        identityId = identity;
        stagedCredentialId = null;
        stagedCiphertext = null;
    }

    /**
     * The identity provider follows the present state.
     *
     * @param now by the database's clock; since the provider follows, it makes no token any more that the state does not allow
     * @param identities how many people that concerned
     */
    public void announce(Instant now, int identities) {
        announced = true;
        this.identities = identities;
        if (state == State.RESTRICTED) {
            notBefore = now;
        }
    }

    /** Takes note of what a termination voided. */
    public void count(int credentials, int ciphertexts, int keys) {
        revokedCredentials += credentials;
        erasedCiphertexts += ciphertexts;
        destroyedKeys += keys;
    }

    /** Whether an administrator's identity is to be created now. */
    public boolean lacksIdentity() {
        return state == State.OPEN && identityWanted && identityId == null;
    }

    public boolean isOpen() {
        return state == State.OPEN;
    }

    public UUID tenantId() {
        return tenantId;
    }

    public State state() {
        return state;
    }

    /** Grows with each change of state. */
    public long revision() {
        return revision;
    }

    /** The latest termination, also after it was cancelled; null if there never was one. */
    public UUID terminationId() {
        return terminationId;
    }

    /** Whether the identity provider follows the present state. */
    public boolean isAnnounced() {
        return announced;
    }

    public Optional<Staged> staged() {
        return Optional.ofNullable(stagedCredentialId).map(id -> new Staged(id, stagedCiphertext));
    }

    /** Before which no token of the tenant's people counts; null if it was never restricted. */
    public Instant notBefore() {
        return notBefore;
    }

    /** How many people the latest change concerned. */
    public int identities() {
        return identities;
    }

    public int revokedCredentials() {
        return revokedCredentials;
    }

    public int erasedCiphertexts() {
        return erasedCiphertexts;
    }

    public int destroyedKeys() {
        return destroyedKeys;
    }

    private void mustLackIdentity() {
        if (!lacksIdentity()) {
            throw new Refusal("identity-not-wanted", "No identity is to be created");
        }
    }

    private boolean move(State next, UUID termination) {
        state = next;
        terminationId = termination;
        announced = false;
        revision++;
        return true;
    }

    private boolean same(UUID termination) {
        if (!termination.equals(terminationId)) {
            throw new Refusal("termination-not-in-force", "The fact belongs to a termination that is not in force");
        }
        return false;
    }
}

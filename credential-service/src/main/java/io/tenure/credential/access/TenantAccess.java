package io.tenure.credential.access;

import io.tenure.events.CredentialFact;
import io.tenure.events.CredentialFact.Target;
import io.tenure.events.CredentialFact.TenantAccessRestored;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.events.CredentialFact.TenantIdentitiesRemoved;
import io.tenure.events.CredentialFact.TenantIdentityCreated;
import io.tenure.events.CredentialFact.TenantKeysDestroyed;
import io.tenure.events.LifecycleFact.Command;
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
 * Whether a tenant may have credentials and identities. Facts of the lifecycle service change it; then the identity
 * provider is brought in line, and only then is the change announced.
 *
 * <p>Every method that takes a termination's id returns whether anything changed, and refuses a fact that contradicts
 * the state ({@link Refusal}): facts of one tenant arrive in order, so such a fact can never become right.
 */
@Entity
public class TenantAccess {

    /** The state of a tenant's access. */
    public enum State {
        /** Credentials are issued; identities work. */
        OPEN,
        /**
         * A termination voided all credentials and locked all identities out (row P2.2b), except the administrator's,
         * which can still follow or cancel the termination.
         */
        RESTRICTED,
        /** Keys and ciphertexts are destroyed, and all identities but the administrator's are deleted. Final. */
        DESTROYED
    }

    /** How to react to a repeated command. */
    public enum Repetition {
        /** It was not carried out yet: do it now. */
        CARRY_OUT,
        /** The identity provider is not in line yet: retry now. */
        TRY_NOW,
        /** It is done: publish the closing fact again. */
        TELL_AGAIN,
        /** It belongs to a termination that is not in force, or asks for nothing that is pending. */
        IGNORE
    }

    @Id
    @Column(updatable = false)
    UUID tenantId;

    @Enumerated(EnumType.STRING)
    State state;

    long revision;
    UUID terminationId;
    boolean announced;
    String identityId;
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

    /** A termination was requested. @return false if this fact is old */
    public boolean restrict(UUID termination) {
        return switch (state) {
            case OPEN -> {
                if (isOver(termination)) {
                    yield false;
                }
                revokedCredentials = 0;
                erasedCiphertexts = 0;
                yield move(State.RESTRICTED, termination);
            }
            case RESTRICTED, DESTROYED -> same(termination);
        };
    }

    /** The termination is cancelled. @return false if this fact is old */
    public boolean restore(UUID termination) {
        return switch (state) {
            case OPEN -> same(termination);
            case RESTRICTED -> {
                same(termination);
                yield move(State.OPEN, termination);
            }
            case DESTROYED -> throw new Refusal("access-destroyed", "The tenant's access is destroyed for good");
        };
    }

    /**
     * A termination is cancelled whose request never arrived: the access does not change. The termination is recorded
     * as over, so that its late request restricts nothing.
     */
    public void restoreUnheardOf(UUID termination) {
        if (repeated(Command.RESTORE, termination) != Repetition.CARRY_OUT || state != State.OPEN) {
            throw new Refusal("termination-known", "The termination is already known");
        }
        move(State.OPEN, termination);
    }

    /** The deletion began. @return false if this fact is old */
    public boolean destroy(UUID termination) {
        return switch (state) {
            case OPEN -> throw new Refusal("not-terminated", "A deletion needs a termination that is in force");
            case RESTRICTED -> {
                same(termination);
                yield move(State.DESTROYED, termination);
            }
            case DESTROYED -> same(termination);
        };
    }

    /** How to react to a command that lifecycle repeats; does not change anything itself. */
    public Repetition repeated(Command command, UUID termination) {
        boolean inForce = termination.equals(terminationId);
        return switch (command) {
            case DISABLE ->
                switch (state) {
                    case OPEN -> isOver(termination) ? Repetition.IGNORE : Repetition.CARRY_OUT;
                    case RESTRICTED -> inForce ? soFar() : Repetition.IGNORE;
                    case DESTROYED -> Repetition.IGNORE;
                };
            case RESTORE ->
                switch (state) {
                    case OPEN -> inForce ? soFar() : isOver(termination) ? Repetition.IGNORE : Repetition.CARRY_OUT;
                    case RESTRICTED -> inForce ? Repetition.CARRY_OUT : Repetition.IGNORE;
                    case DESTROYED -> Repetition.IGNORE;
                };
            case DELETE ->
                switch (state) {
                    case OPEN -> Repetition.IGNORE;
                    case RESTRICTED -> inForce ? Repetition.CARRY_OUT : Repetition.IGNORE;
                    case DESTROYED -> inForce ? soFar() : Repetition.IGNORE;
                };
        };
    }

    /**
     * While the access is open: whether this termination was cancelled before. Ids of terminations ascend with
     * lifecycle's one clock, so that is known of all before the latest, also when a request comes so late that the
     * inbox has forgotten it.
     */
    private boolean isOver(UUID termination) {
        return terminationId != null && termination.compareTo(terminationId) <= 0;
    }

    private Repetition soFar() {
        return announced ? Repetition.TELL_AGAIN : Repetition.TRY_NOW;
    }

    /**
     * The certificate of the deletion was issued: the administrator's grace period begins.
     *
     * @return false if its account is gone already, or never existed
     */
    public boolean certified(UUID termination) {
        if (state != State.DESTROYED) {
            throw new Refusal("not-deleted", "A certificate needs a deletion");
        }
        same(termination);
        return identityId != null;
    }

    /** The administrator's account is removed after the grace period. Allowed once the access is destroyed. */
    public TenantIdentitiesRemoved departed() {
        if (state != State.DESTROYED) {
            throw new Refusal("not-deleted", "The administrator departs after the deletion");
        }
        identityId = null;
        return new TenantIdentitiesRemoved(terminationId);
    }

    /**
     * Refuses a new credential that the state does not allow. During a termination only the administrator gets one, to
     * follow or cancel the termination.
     */
    public void mustAllow(Target target) {
        switch (state) {
            case OPEN -> {}
            case RESTRICTED -> {
                if (target != Target.TENANT) {
                    throw new Refusal(
                            "tenant-terminated",
                            "The tenant is terminated: only its administrator's own account gets a new credential. Cancel the"
                                    + " termination first.");
                }
            }
            case DESTROYED ->
                throw new Refusal(
                        "access-destroyed",
                        "The tenant is deleted, with the keys that could protect a credential. Ask your provider for the"
                                + " certificate.");
        }
    }

    /**
     * Records the tenant's administrator at the identity provider.
     *
     * @return empty if it was known, or the access is destroyed
     */
    public Optional<TenantIdentityCreated> identify(String identity) {
        if (state == State.DESTROYED || identity.equals(identityId)) {
            return Optional.empty();
        }
        identityId = identity;
        return Optional.of(new TenantIdentityCreated(identity));
    }

    /**
     * The identity provider is in line with the state.
     *
     * @param now by the database's clock; from now on the provider issues no token that the state does not allow
     * @param identities how many people were affected
     * @return empty if that was announced before
     */
    public Optional<CredentialFact> announce(Instant now, int identities) {
        if (announced) {
            return Optional.empty();
        }
        announced = true;
        this.identities = identities;
        if (state == State.RESTRICTED) {
            notBefore = now;
        }
        return Optional.of(closing());
    }

    /** The fact that closes the latest change, as it was published. Only after it was announced. */
    public CredentialFact closing() {
        if (!announced || terminationId == null) {
            throw new IllegalStateException("No change of this access was announced");
        }
        return switch (state) {
            case OPEN -> new TenantAccessRestored(terminationId, identities);
            case RESTRICTED -> new TenantAccessRestricted(terminationId, notBefore, revokedCredentials, identities);
            case DESTROYED -> new TenantKeysDestroyed(terminationId, destroyedKeys, erasedCiphertexts);
        };
    }

    /** Counts what a termination voided. */
    public void count(int credentials, int ciphertexts, int keys) {
        revokedCredentials += credentials;
        erasedCiphertexts += ciphertexts;
        destroyedKeys += keys;
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

    /** The latest termination, even if it was cancelled; null if there never was one. */
    public UUID terminationId() {
        return terminationId;
    }

    /** Whether the identity provider is in line with the state. */
    public boolean isAnnounced() {
        return announced;
    }

    /** The administrator's id at the identity provider; empty before it exists and after it was removed. */
    public Optional<String> identityId() {
        return Optional.ofNullable(identityId);
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

package io.tenure.credential.temporary;

import io.tenure.events.CredentialFact.Target;
import io.tenure.kit.problem.Refusal;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * A temporary credential, kept as ciphertext until it is shown once, revoked or expired (matrix rows P1.2b, P5.4 and P8.3).
 *
 * <pre>
 * ISSUED ──> HANDED_OVER ──> REVOKED ──> DESTROYED
 *    └──────────────────────────^
 * </pre>
 *
 * <p>The methods that change it refuse what its state does not allow ({@link Refusal}).
 */
@Entity
public class Credential {

    /** What became of a credential, as the API tells. */
    public enum Status {
        ISSUED,
        HANDED_OVER,
        /** Nobody asked for it in time. Follows from the time, and is no state of its own. */
        EXPIRED,
        REVOKED,
        DESTROYED
    }

    enum State {
        ISSUED,
        HANDED_OVER,
        REVOKED,
        DESTROYED
    }

    @Id
    @Column(updatable = false)
    UUID id;

    @Column(updatable = false)
    UUID tenantId;

    @Enumerated(EnumType.STRING)
    @Column(updatable = false)
    Target target;

    @Column(updatable = false)
    UUID targetId;

    @Column(updatable = false)
    String username;

    byte[] ciphertext;

    @Enumerated(EnumType.STRING)
    State state;

    @Column(updatable = false)
    Instant issuedAt;

    @Column(updatable = false)
    Instant expiresAt;

    Instant handedOverAt;
    Instant revokedAt;
    Instant destroyedAt;

    protected Credential() {}

    /**
     * A new credential.
     *
     * @param targetId what it opens: the tenant, VM or VDC
     * @param ciphertext encrypted for {@link #purpose}
     * @param validFor how long it may wait to be shown; positive
     */
    public Credential(
            UUID id,
            UUID tenantId,
            Target target,
            UUID targetId,
            String username,
            byte[] ciphertext,
            Instant now,
            Duration validFor) {
        if (!validFor.isPositive()) {
            throw new IllegalArgumentException("A credential must be valid for some time");
        }
        this.id = id;
        this.tenantId = tenantId;
        this.target = target;
        this.targetId = targetId;
        this.username = username;
        this.ciphertext = ciphertext;
        this.state = State.ISSUED;
        this.issuedAt = now;
        this.expiresAt = now.plus(validFor);
    }

    /** To which place the ciphertext of a credential is bound; see {@code TenantKeys}. */
    public static String purpose(UUID credentialId) {
        return "credential/" + credentialId;
    }

    /** Refuses to be shown, unless it is {@link Status#ISSUED}: nobody saw it, it is not void, and its time is not over. */
    public void mustBeShowable(Instant now) {
        switch (status(now)) {
            case ISSUED -> {}
            case HANDED_OVER ->
                throw new Refusal(
                        "credential-already-revealed",
                        "It was shown once, and is shown no more. Its owner has changed it since.");
            case EXPIRED -> throw new Refusal("credential-expired", "Nobody asked for it in time. Ask your provider.");
            case REVOKED, DESTROYED -> throw new Refusal("credential-revoked", "It is void. Ask your provider.");
        }
    }

    /** It was shown; the ciphertext is erased. Allowed while {@link Status#ISSUED}, and so not when expired. */
    public void handOver(Instant now) {
        mustBeShowable(now);
        state = State.HANDED_OVER;
        handedOverAt = now;
        ciphertext = null;
    }

    /** It is void; the ciphertext is erased. Allowed while issued, expired or handed over. */
    public void revoke(Instant now) {
        if (!isInForce()) {
            throw new Refusal("credential-not-in-force", "A credential that is " + state + " is not revoked");
        }
        state = State.REVOKED;
        revokedAt = now;
        ciphertext = null;
    }

    /** Its key is gone. Allowed once it is revoked. */
    public void destroy(Instant now) {
        if (state != State.REVOKED) {
            throw new Refusal("credential-not-revoked", "A credential that is " + state + " is not destroyed");
        }
        state = State.DESTROYED;
        destroyedAt = now;
    }

    public Status status(Instant now) {
        return switch (state) {
            case ISSUED -> now.isBefore(expiresAt) ? Status.ISSUED : Status.EXPIRED;
            case HANDED_OVER -> Status.HANDED_OVER;
            case REVOKED -> Status.REVOKED;
            case DESTROYED -> Status.DESTROYED;
        };
    }

    /** Whether it opens something, or may still come to: issued, expired or handed over. */
    public boolean isInForce() {
        return state == State.ISSUED || state == State.HANDED_OVER;
    }

    public UUID id() {
        return id;
    }

    public UUID tenantId() {
        return tenantId;
    }

    public Target target() {
        return target;
    }

    public UUID targetId() {
        return targetId;
    }

    public String username() {
        return username;
    }

    public Instant expiresAt() {
        return expiresAt;
    }

    /** The encrypted secret; null once it is erased. */
    public byte[] ciphertext() {
        return ciphertext;
    }

    /** The API's path of a credential. */
    public static String path(UUID credentialId) {
        return "/v1/credentials/" + credentialId;
    }
}

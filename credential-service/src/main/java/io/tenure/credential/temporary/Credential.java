package io.tenure.credential.temporary;

import io.tenure.events.CredentialFact.CredentialIssued;
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
 * PREPARED ──> ISSUED ──> HANDED_OVER ──> REVOKED ──> DESTROYED
 *     └───────────└──────────────────────────^
 * </pre>
 *
 * <p>A target has one credential after the other, numbered from 1; only the latest may be in force.
 *
 * <p>The methods that change it refuse what its state does not allow ({@link Refusal}).
 */
@Entity
public class Credential {

    /** What became of a credential, as the API tells. */
    public enum Status {
        /** What it opens does not know it yet. */
        PREPARED,
        ISSUED,
        HANDED_OVER,
        /** Nobody asked for it in time. Follows from the time, and is no state of its own. */
        EXPIRED,
        REVOKED,
        DESTROYED
    }

    enum State {
        PREPARED,
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
    int number;

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
     * A new credential, of which nobody is told before what it opens knows it.
     *
     * @param targetId what it opens: the tenant, VM or VDC
     * @param number one more than that of the credential before
     * @param ciphertext encrypted for {@link #purpose}
     * @param validFor how long it may wait to be shown; positive
     */
    Credential(
            UUID id,
            UUID tenantId,
            Target target,
            UUID targetId,
            int number,
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
        this.number = number;
        this.username = username(target, targetId);
        this.ciphertext = ciphertext;
        this.state = State.PREPARED;
        this.issuedAt = now;
        this.expiresAt = now.plus(validFor);
    }

    /**
     * The place of a first credential that cannot be had, since a termination came before the asset: void from the start, as if
     * it had been there and was revoked. If the termination is called back, it is followed by one that can be had.
     */
    static Credential withheld(UUID id, UUID tenantId, Target target, UUID targetId, Instant now, Duration validFor) {
        Credential credential = new Credential(id, tenantId, target, targetId, 1, null, now, validFor);
        credential.revoke(now);
        return credential;
    }

    /** The user's name at the target. */
    public static String username(Target target, UUID targetId) {
        return switch (target) {
            // The end of a UUIDv7 is random; its beginning is the time, alike for all of one minute.
            case TENANT -> "tenant-" + targetId.toString().substring(24);
            case VDC -> "vdc-" + targetId.toString().substring(24);
            case VM -> "vmadmin";
        };
    }

    /** To which place the ciphertext of a credential is bound; see {@code TenantKeys}. */
    public static String purpose(UUID credentialId) {
        return "credential/" + credentialId;
    }

    /** Refuses to be shown, unless it is {@link Status#ISSUED}: nobody saw it, it is not void, and its time is not over. */
    public void mustBeShowable(Instant now) {
        switch (status(now)) {
            case PREPARED ->
                throw new Refusal("credential-not-ready", "What it opens does not know it yet. Try again in a moment.");
            case ISSUED -> {}
            case HANDED_OVER ->
                throw new Refusal(
                        "credential-already-revealed",
                        "It was shown once, and is shown no more. Its owner has changed it since.");
            case EXPIRED ->
                throw new Refusal("credential-expired", "Nobody asked for it in time. Ask for a replacement.");
            case REVOKED, DESTROYED -> throw new Refusal("credential-revoked", "It is void. Ask for a replacement.");
        }
    }

    /** What it opens knows it. Allowed while {@link Status#PREPARED}. @return the fact that tells so */
    public CredentialIssued issue() {
        if (state != State.PREPARED) {
            throw new Refusal("credential-not-prepared", "A credential that is " + state + " is not issued");
        }
        state = State.ISSUED;
        return new CredentialIssued(id, target, targetId, expiresAt);
    }

    /** It was shown; the ciphertext is erased. Allowed while {@link Status#ISSUED}, and so not when expired. */
    public void handOver(Instant now) {
        mustBeShowable(now);
        state = State.HANDED_OVER;
        handedOverAt = now;
        ciphertext = null;
    }

    /**
     * It is void; the ciphertext is erased. Allowed unless it is void already.
     *
     * @return whether others know of it, and are to be told
     */
    public boolean revoke(Instant now) {
        if (isVoid()) {
            throw new Refusal("credential-not-in-force", "A credential that is " + state + " is not revoked");
        }
        boolean known = state != State.PREPARED;
        state = State.REVOKED;
        revokedAt = now;
        ciphertext = null;
        return known;
    }

    /** Refuses to be replaced once its key is gone. */
    public void mustBeReplaceable() {
        if (state == State.DESTROYED) {
            throw new Refusal("credential-destroyed", "The tenant is deleted. It gets no credentials any more.");
        }
    }

    /**
     * Whether so much of its time is over, while its target could not be told of it, that its owner should get another one: half
     * of it.
     */
    public boolean isStale(Instant now) {
        return ciphertext == null
                || now.isAfter(
                        issuedAt.plus(Duration.between(issuedAt, expiresAt).dividedBy(2)));
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
            case PREPARED -> Status.PREPARED;
            case ISSUED -> now.isBefore(expiresAt) ? Status.ISSUED : Status.EXPIRED;
            case HANDED_OVER -> Status.HANDED_OVER;
            case REVOKED -> Status.REVOKED;
            case DESTROYED -> Status.DESTROYED;
        };
    }

    /** Whether it opens nothing any more, and never will: revoked or destroyed. */
    public boolean isVoid() {
        return state == State.REVOKED || state == State.DESTROYED;
    }

    /** Whether it waits for its target to learn it. */
    public boolean isPrepared() {
        return state == State.PREPARED;
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

    /** Which one of its target's credentials it is, from 1 on. */
    public int number() {
        return number;
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

package io.tenure.credential.temporary;

import io.tenure.events.CredentialFact.CredentialHandedOver;
import io.tenure.events.CredentialFact.CredentialIssued;
import io.tenure.events.CredentialFact.CredentialRevoked;
import io.tenure.events.CredentialFact.Target;
import io.tenure.kit.problem.Refusal;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A temporary credential, stored as ciphertext until it is shown once, revoked or expired (matrix rows P1.2b, P5.4 and
 * P8.3).
 *
 * <pre>
 * PREPARED ──> ISSUED ──> HANDED_OVER ──> REVOKED ──> DESTROYED
 *     └───────────└──────────────────────────^
 * </pre>
 *
 * <p>A target has one credential after another, numbered from 1; only the latest can be in force.
 *
 * <p>The methods that change it refuse what its state does not allow ({@link Refusal}), and return the fact to publish.
 */
@Entity
public class Credential {

    /** The status of a credential, as the API shows it. */
    public enum Status {
        /** Its target does not know it yet. */
        PREPARED,
        ISSUED,
        HANDED_OVER,
        /** Nobody fetched it in time. Derived from the time, not a stored state. */
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
     * A new credential. It is not published before its target knows it.
     *
     * @param targetId what it gives access to: the tenant, a VM or a VDC
     * @param number one more than that of the previous credential
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
     * Stands in for a first credential that is withheld because a termination came before the asset: void from the
     * start, like a revoked one. If the termination is cancelled, a usable one follows it.
     */
    static Credential withheld(UUID id, UUID tenantId, Target target, UUID targetId, Instant now, Duration validFor) {
        Credential credential = new Credential(id, tenantId, target, targetId, 1, null, now, validFor);
        credential.revoke(null, now);
        return credential;
    }

    /** The user's name at the target. */
    public static String username(Target target, UUID targetId) {
        return switch (target) {
            // The end of a UUIDv7 is random; its beginning is the time and the same within one minute.
            case TENANT -> "tenant-" + targetId.toString().substring(24);
            case VDC -> "vdc-" + targetId.toString().substring(24);
            case VM -> "vmadmin";
        };
    }

    /** The purpose that the ciphertext of a credential is bound to; see {@code TenantKeys}. */
    public static String purpose(UUID credentialId) {
        return "credential/" + credentialId;
    }

    /**
     * Refuses to show it unless it is {@link Status#ISSUED}: nobody has seen it, and it is neither void nor expired.
     */
    public void mustBeShowable(Instant now) {
        switch (status(now)) {
            case PREPARED ->
                throw new Refusal("credential-not-ready", "Its target does not know it yet. Try again in a moment.");
            case ISSUED -> {}
            case HANDED_OVER ->
                throw new Refusal(
                        "credential-already-revealed", "It was already shown and is not shown a second time.");
            case EXPIRED ->
                throw new Refusal("credential-expired", "Nobody asked for it in time. Ask for a replacement.");
            case REVOKED, DESTROYED -> throw new Refusal("credential-revoked", "It is void. Ask for a replacement.");
        }
    }

    /** Its target knows it. Allowed while {@link Status#PREPARED}. */
    public CredentialIssued issue() {
        if (state != State.PREPARED) {
            throw new Refusal("credential-not-prepared", "A credential that is " + state + " cannot be issued");
        }
        state = State.ISSUED;
        return new CredentialIssued(id, target, targetId, expiresAt);
    }

    /**
     * It was shown; the ciphertext is erased. Allowed while {@link Status#ISSUED}, and so not when expired.
     *
     * @param link the one-time link that was used
     */
    public CredentialHandedOver handOver(UUID link, Instant now) {
        mustBeShowable(now);
        state = State.HANDED_OVER;
        handedOverAt = now;
        ciphertext = null;
        return new CredentialHandedOver(id, link);
    }

    /**
     * Voids it and erases the ciphertext. Allowed unless it is void already.
     *
     * @param termination the cause, or null
     * @return empty if nobody was told of it
     */
    public Optional<CredentialRevoked> revoke(UUID termination, Instant now) {
        if (isVoid()) {
            throw new Refusal("credential-not-in-force", "A credential that is " + state + " cannot be revoked");
        }
        boolean known = state != State.PREPARED;
        state = State.REVOKED;
        revokedAt = now;
        ciphertext = null;
        return known ? Optional.of(new CredentialRevoked(id, termination)) : Optional.empty();
    }

    /** Refuses to be replaced once its key is gone. */
    public void mustBeReplaceable() {
        if (state == State.DESTROYED) {
            throw new Refusal("credential-destroyed", "The tenant is deleted and gets no more credentials.");
        }
    }

    /** Whether more than half of its time passed before its target knew it, so that its owner should get a new one. */
    public boolean isStale(Instant now) {
        return ciphertext == null
                || now.isAfter(
                        issuedAt.plus(Duration.between(issuedAt, expiresAt).dividedBy(2)));
    }

    /** Its key is gone. Allowed once it is revoked. */
    public void destroy(Instant now) {
        if (state != State.REVOKED) {
            throw new Refusal("credential-not-revoked", "A credential that is " + state + " cannot be destroyed");
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

    /** Whether it is void for good: revoked or destroyed. */
    public boolean isVoid() {
        return state == State.REVOKED || state == State.DESTROYED;
    }

    /** Whether its target does not know it yet. */
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

    /** Its number among its target's credentials, from 1. */
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

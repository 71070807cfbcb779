package io.tenure.credential.reveal;

import io.tenure.events.CredentialFact.CredentialReplayAttempted;
import io.tenure.events.CredentialFact.RefusalReason;
import io.tenure.events.CredentialFact.RevealLinkCreated;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A one-time link to a credential. It ends when it is used, a newer link is made, the credential is revoked, or time
 * runs out. It is changed only by single SQL statements of {@link RevealLinks} and {@link Redemptions}, never through
 * this object.
 */
@Entity
public class RevealLink {

    @Id
    @Column(updatable = false)
    UUID id;

    @Column(updatable = false)
    UUID credentialId;

    @Column(updatable = false)
    UUID tenantId;

    @Column(updatable = false)
    byte[] tokenHash;

    @Column(updatable = false)
    Instant createdAt;

    @Column(updatable = false)
    Instant expiresAt;

    @Column(updatable = false)
    Instant consumedAt;

    @Column(updatable = false)
    Instant supersededAt;

    @Column(updatable = false)
    Instant revokedAt;

    protected RevealLink() {}

    /** @param tokenHash see {@link LinkToken#hash} */
    RevealLink(UUID id, UUID credentialId, UUID tenantId, byte[] tokenHash, Instant now, Instant expiresAt) {
        this.id = id;
        this.credentialId = credentialId;
        this.tenantId = tenantId;
        this.tokenHash = tokenHash;
        this.createdAt = now;
        this.expiresAt = expiresAt;
    }

    /** The fact that a new link exists. */
    RevealLinkCreated created() {
        return new RevealLinkCreated(credentialId, id, expiresAt);
    }

    /** The fact that somebody used it although it cannot be used; empty while it can. */
    Optional<CredentialReplayAttempted> refusal(Instant now) {
        return reason(now).map(reason -> new CredentialReplayAttempted(credentialId, id, reason));
    }

    private Optional<RefusalReason> reason(Instant now) {
        if (consumedAt != null) {
            return Optional.of(RefusalReason.ALREADY_REVEALED);
        }
        if (supersededAt != null) {
            return Optional.of(RefusalReason.SUPERSEDED);
        }
        if (revokedAt != null) {
            return Optional.of(RefusalReason.REVOKED);
        }
        return now.isBefore(expiresAt) ? Optional.empty() : Optional.of(RefusalReason.EXPIRED);
    }
}

package io.tenure.lifecycle.loss;

import io.tenure.kit.problem.Refusal;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;
import java.util.UUID;

/**
 * Something of a termination that cannot be found (matrix rows P2.1 and P2.3). One person reports it, and a second one
 * who has also looked attests it. Until then it has no effect.
 */
@Entity
public class Loss {

    @Id
    private UUID id;

    private UUID terminationId;
    private UUID assetId;
    private String disk;
    private String reason;
    private String askedBy;
    private Instant askedAt;
    private String attestedBy;
    private Instant attestedAt;

    /** For the persistence provider. */
    protected Loss() {}

    /**
     * Somebody reports that something is lost.
     *
     * @param disk its name in the manifest; null if the whole asset is lost
     * @param reason what was done to find it, in that person's own words
     * @param askedBy the identity provider's subject
     */
    static Loss asked(
            UUID id, UUID terminationId, UUID assetId, String disk, String reason, String askedBy, Instant askedAt) {
        Loss loss = new Loss();
        loss.id = id;
        loss.terminationId = terminationId;
        loss.assetId = assetId;
        loss.disk = disk;
        loss.reason = reason;
        loss.askedBy = askedBy;
        loss.askedAt = askedAt;
        return loss;
    }

    /**
     * A second person attests it.
     *
     * @return false if it was attested before
     * @throws Refusal if it is the first person again
     */
    boolean attest(String by, Instant at) {
        if (attestedBy != null) {
            return false;
        }
        if (by.equals(askedBy)) {
            throw new Refusal("second-person-needed", "You reported the loss yourself. Somebody else must attest it.");
        }
        attestedBy = by;
        attestedAt = at.isBefore(askedAt) ? askedAt : at;
        return true;
    }

    boolean isAttested() {
        return attestedBy != null;
    }

    UUID id() {
        return id;
    }

    UUID terminationId() {
        return terminationId;
    }

    UUID assetId() {
        return assetId;
    }

    /** Its name in the manifest; null if the whole asset is lost. */
    String disk() {
        return disk;
    }

    String reason() {
        return reason;
    }

    String askedBy() {
        return askedBy;
    }

    Instant askedAt() {
        return askedAt;
    }

    /** Null before it is attested. */
    String attestedBy() {
        return attestedBy;
    }

    /** Null before it is attested. */
    Instant attestedAt() {
        return attestedAt;
    }
}

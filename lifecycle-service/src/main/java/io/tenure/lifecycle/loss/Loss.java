package io.tenure.lifecycle.loss;

import io.tenure.events.LifecycleFact.LossAttested;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.kit.problem.Refusal;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

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

    /** Refuses the person who reported it. */
    void mustNotBeReportedBy(String person) {
        if (person.equals(askedBy)) {
            throw new Refusal("second-person-needed", "You reported the loss yourself. Somebody else must attest it.");
        }
    }

    /**
     * A second person attests it.
     *
     * @param disks the disks that are lost by it, so far as they are known
     * @return one fact per disk, and one for the asset if it is lost as a whole; none if it was attested before
     * @throws Refusal if it is the first person again
     */
    List<LossAttested> attest(String by, Instant at, List<Disk> disks) {
        if (attestedBy != null) {
            return List.of();
        }
        mustNotBeReportedBy(by);
        attestedBy = by;
        attestedAt = at.isBefore(askedAt) ? askedAt : at;
        Stream<LossAttested> ofDisks = disks.stream().map(this::attested);
        return (disk == null ? Stream.concat(ofDisks, Stream.of(attested(null))) : ofDisks).toList();
    }

    private LossAttested attested(Disk lost) {
        return new LossAttested(terminationId, assetId, lost, askedBy, attestedBy);
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

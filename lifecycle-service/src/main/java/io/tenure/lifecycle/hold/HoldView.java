package io.tenure.lifecycle.hold;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A legal hold, as the API shows it to the provider's staff. */
@Schema(name = "Hold")
public record HoldView(
        UUID id,
        UUID tenantId,

        @Schema(description = "The only asset that it is about; absent for everything that the tenant has")
        UUID assetId,

        String authority,
        String caseReference,
        String reason,

        @Schema(description = "When somebody must look at whether it is still needed")
        Instant reviewAt,

        boolean reviewOverdue,

        @Schema(description = "The identity provider's subject of who set it; somebody else releases it")
        String setBy,

        Instant setAt,

        @Schema(description = "Absent while it is in force") String releasedBy,

        Instant releasedAt,
        String releaseReason,

        @Schema(
                description =
                        "Deletions that had begun, and what is gone of them already; empty in lists. What is being"
                                + " wiped at this instant is not counted: read again after a minute, and see the blockers of the"
                                + " termination")
        List<Gone> deletions) {

    /** What is gone of a deletion under way, so far as it was reported. Of the held asset, where the hold names one. */
    @Schema(name = "DeletedSoFar")
    public record Gone(
            UUID terminationId,

            @Schema(description = "How many disks were to be wiped")
            long media,

            @Schema(description = "How many are reported sanitized")
            long mediaSanitized,

            @Schema(description = "How many are attested lost")
            long mediaLost,

            @Schema(description = "Whether the keys of the tenant's credentials are reported destroyed")
            boolean keysDestroyed) {}

    static HoldView of(LegalHold hold, Instant now, List<Gone> deletions) {
        return new HoldView(
                hold.id(),
                hold.tenantId(),
                hold.assetId(),
                hold.authority(),
                hold.caseReference(),
                hold.reason(),
                hold.reviewAt(),
                hold.isReviewOverdue(now),
                hold.setBy(),
                hold.setAt(),
                hold.releasedBy(),
                hold.releasedAt(),
                hold.releaseReason(),
                deletions);
    }
}

package io.tenure.lifecycle.loss;

import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A loss, as the API shows it. */
@Schema(name = "Loss")
record LossView(
        UUID id,
        UUID assetId,

        @Schema(description = "Absent if the whole asset is lost")
        String disk,

        String reason,

        @Schema(description = "The identity provider's subject")
        String askedBy,

        Instant askedAt,

        @Schema(description = "Absent until a second person attests it; until then it has no effect")
        String attestedBy,

        Instant attestedAt) {

    static LossView of(Loss loss) {
        return new LossView(
                loss.id(),
                loss.assetId(),
                loss.disk(),
                loss.reason(),
                loss.askedBy(),
                loss.askedAt(),
                loss.attestedBy(),
                loss.attestedAt());
    }
}

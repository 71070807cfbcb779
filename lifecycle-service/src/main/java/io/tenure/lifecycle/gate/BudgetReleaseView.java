package io.tenure.lifecycle.gate;

import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** More deletions for one day, as the API shows it. */
@Schema(name = "BudgetRelease")
public record BudgetReleaseView(
        UUID id,

        @Schema(description = "In UTC") LocalDate day,

        @Schema(description = "How many more may start") int number,

        String reason,

        @Schema(description = "The identity provider's subject of who asked for it")
        String askedBy,

        Instant askedAt,

        @Schema(description = "Of who approved it; absent before, and until then it has no effect")
        String approvedBy,

        Instant approvedAt) {

    static BudgetReleaseView of(BudgetRelease release) {
        return new BudgetReleaseView(
                release.id(),
                release.day(),
                release.number(),
                release.reason(),
                release.askedBy(),
                release.askedAt(),
                release.approvedBy(),
                release.approvedAt());
    }
}

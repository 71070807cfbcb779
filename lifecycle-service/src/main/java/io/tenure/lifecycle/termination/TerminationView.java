package io.tenure.lifecycle.termination;

import io.tenure.lifecycle.obligation.BlockerView;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A termination as the API shows it. Instants are absent until they are known. */
@Schema(name = "Termination")
public record TerminationView(
        UUID id,
        UUID tenantId,
        TerminationState state,
        Instant requestedAt,

        @Schema(description = "When the retention ends, at the earliest")
        Instant retentionEndsAt,

        @Schema(description = "When the deletion was certified")
        Instant deletedAt,

        Instant cancelledAt,
        @Schema(description = "What forbids the deletion") List<Object> holds,

        @Schema(
                description = "What blocks it now: everything overdue, and the first of what was reported;"
                        + " empty while nothing is blocked")
        List<BlockerView> blockers) {

    static TerminationView of(Termination termination, List<BlockerView> blockers) {
        return new TerminationView(
                termination.id(),
                termination.tenantId(),
                termination.state(),
                termination.requestedAt(),
                termination.retentionEndsAt(),
                termination.deletedAt(),
                termination.cancelledAt(),
                List.of(),
                blockers);
    }
}

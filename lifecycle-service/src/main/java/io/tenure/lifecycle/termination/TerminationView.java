package io.tenure.lifecycle.termination;

import io.tenure.lifecycle.impediment.Impediment;
import io.tenure.lifecycle.impediment.Impediment.Held;
import io.tenure.lifecycle.obligation.BlockerView;
import io.tenure.lifecycle.policy.RetentionTerms;
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

        @Schema(description = "The same where the customer is", format = "date-time")
        String retentionEndsAtThere,

        @Schema(description = "Where the customer is, as an IANA id")
        String timeZone,

        @Schema(description = "When the deletion was certified")
        Instant deletedAt,

        Instant cancelledAt,

        @Schema(
                description =
                        "The first of the legal holds that forbid the deletion now, or a part of it; empty without")
        List<HoldSummary> holds,

        @Schema(
                description = "What blocks it now: everything overdue, and the first of what was reported;"
                        + " empty while nothing is blocked")
        List<BlockerView> blockers) {

    private static final int HOLDS_SHOWN = 20;

    /** A legal hold, without who ordered it and why; only the provider's staff can see more of it. */
    @Schema(name = "HoldSummary")
    public record HoldSummary(
            UUID id,

            @Schema(description = "The only asset that it is about; absent for everything that the tenant has")
            UUID assetId,

            Instant since,

            @Schema(description = "Whom to ask about it") String ask) {

        private static HoldSummary of(Impediment impediment) {
            return switch (impediment) {
                case Held held -> new HoldSummary(held.holdId(), held.assetId(), held.since(), Held.ASK);
            };
        }
    }

    static TerminationView of(Termination termination, List<Impediment> impediments, List<BlockerView> blockers) {
        RetentionTerms terms = termination.terms();
        return new TerminationView(
                termination.id(),
                termination.tenantId(),
                termination.state(),
                termination.requestedAt(),
                termination.retentionEndsAt(),
                terms.there(termination.retentionEndsAt()),
                terms.timeZone(),
                termination.deletedAt(),
                termination.cancelledAt(),
                impediments.stream().limit(HOLDS_SHOWN).map(HoldSummary::of).toList(),
                blockers);
    }
}

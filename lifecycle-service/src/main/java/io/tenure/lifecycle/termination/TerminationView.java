package io.tenure.lifecycle.termination;

import io.tenure.events.Event;
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

        @Schema(description = "What is in the way at present; empty while all goes on")
        List<BlockerView> blockers,

        @Schema(description = "What happened, oldest first; absent in lists")
        List<Step> steps) {

    /** Something in the way. */
    @Schema(name = "Blocker")
    public record BlockerView(
            @Schema(description = "What is in the way, as the API's path")
            String resource,

            @Schema(description = "The service that has to resolve it")
            String owner,

            String reason,
            @Schema(description = "How often it was tried") int attempts,

            @Schema(description = "When it is tried next, where that is known")
            Instant nextRetryAt) {}

    /** A fact of the termination. */
    @Schema(name = "Step")
    public record Step(
            @Schema(description = "What happened, for example AssetDisabled")
            String name,

            Instant at,

            @Schema(description = "To what, as the API's path")
            String resource,

            @Schema(description = "The event that tells of it; the audit service proves it")
            UUID eventId) {

        static Step of(Event event) {
            return of(event.type(), event.time(), event.subject(), event.id());
        }

        /** @param type CloudEvents {@code type}, whose end is the fact's name */
        static Step of(String type, Instant at, String resource, UUID eventId) {
            return new Step(type.substring(type.lastIndexOf('.') + 1), at, resource, eventId);
        }
    }

    static TerminationView of(Termination termination, List<Blocker> blockers, List<Step> steps) {
        return new TerminationView(
                termination.id(),
                termination.tenantId(),
                termination.state(),
                termination.requestedAt(),
                termination.retentionEndsAt(),
                termination.deletedAt(),
                termination.cancelledAt(),
                List.of(),
                blockers.stream()
                        .filter(blocker -> blocker.terminationId.equals(termination.id()))
                        .map(blocker -> new BlockerView(
                                blocker.resource, blocker.owner, blocker.reason, blocker.attempts, blocker.nextRetryAt))
                        .toList(),
                steps);
    }
}

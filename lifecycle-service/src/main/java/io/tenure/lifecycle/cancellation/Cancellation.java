package io.tenure.lifecycle.cancellation;

import io.smallrye.mutiny.Uni;
import io.tenure.events.LifecycleFact.RestorationStarted;
import io.tenure.events.LifecycleFact.TerminationCancelled;
import io.tenure.kit.access.AdministrativeActions;
import io.tenure.kit.access.Caller;
import io.tenure.kit.problem.Problem;
import io.tenure.kit.problem.Refusal;
import io.tenure.lifecycle.retention.Retention;
import io.tenure.lifecycle.termination.Blockers;
import io.tenure.lifecycle.termination.Evidence;
import io.tenure.lifecycle.termination.Termination;
import io.tenure.lifecycle.termination.Terminations;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.UUID;

/** Calls terminations back as long as nothing is deleted. Methods join the caller's transaction. */
@ApplicationScoped
public class Cancellation {

    private final Terminations terminations;
    private final Clock clock;
    private final Retention retention;
    private final Evidence evidence;
    private final Blockers blockers;
    private final AdministrativeActions actions;
    private final Caller caller;

    Cancellation(
            Terminations terminations,
            Clock clock,
            Retention retention,
            Evidence evidence,
            Blockers blockers,
            AdministrativeActions actions,
            Caller caller) {
        this.terminations = terminations;
        this.clock = clock;
        this.retention = retention;
        this.evidence = evidence;
        this.blockers = blockers;
        this.actions = actions;
        this.caller = caller;
    }

    /**
     * Calls a termination back, unless it was before.
     *
     * @return whether that was new; a Uni that fails with {@link Problem} 404 for a termination that is unknown to the
     *     caller, and with a {@link Refusal} once the deletion has started
     */
    Uni<Boolean> cancel(UUID terminationId) {
        return terminations.lock(terminationId).flatMap(termination -> {
            if (termination == null) {
                throw Problem.notFound("termination");
            }
            caller.mustSee(termination.tenantId(), "termination");
            return termination.cancel(clock.instant())
                    ? retention
                            .abandon(termination)
                            .chain(() -> blockers.resolveAll(terminationId))
                            .chain(() -> evidence.publish(
                                    termination, termination.path(), new RestorationStarted(terminationId)))
                            .chain(() -> actions.record(
                                    termination.tenantId(), "termination.cancel", termination.path(), terminationId))
                            .replaceWith(true)
                    : Uni.createFrom().item(false);
        });
    }

    /** Closes a cancelled termination if all is restored now; otherwise does nothing. */
    public Uni<Void> closeIfRestored(Termination termination) {
        if (!termination.awaitsCancellation()) {
            return Uni.createFrom().voidItem();
        }
        termination.close(clock.instant());
        return blockers.resolveAll(termination.id())
                .chain(() ->
                        evidence.publish(termination, termination.path(), new TerminationCancelled(termination.id())));
    }
}

package io.tenure.lifecycle.cancellation;

import io.smallrye.mutiny.Uni;
import io.tenure.events.LifecycleFact;
import io.tenure.events.LifecycleFact.Command;
import io.tenure.events.LifecycleFact.RestorationStarted;
import io.tenure.events.LifecycleFact.TerminationCancelled;
import io.tenure.kit.access.Caller;
import io.tenure.kit.audittrail.AdministrativeActions;
import io.tenure.kit.problem.Problem;
import io.tenure.kit.problem.Refusal;
import io.tenure.lifecycle.evidence.EvidenceLog;
import io.tenure.lifecycle.obligation.Blockers;
import io.tenure.lifecycle.obligation.Obligations;
import io.tenure.lifecycle.obligation.Owed;
import io.tenure.lifecycle.schedule.RetentionTimers;
import io.tenure.lifecycle.termination.Termination;
import io.tenure.lifecycle.termination.Terminations;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.UUID;

/** Cancels terminations while nothing is deleted yet. Methods join the caller's transaction. */
@ApplicationScoped
public class Cancellation {

    private final Terminations terminations;
    private final Clock clock;
    private final RetentionTimers timers;
    private final Obligations obligations;
    private final EvidenceLog evidence;
    private final Blockers blockers;
    private final AdministrativeActions actions;
    private final Caller caller;

    Cancellation(
            Terminations terminations,
            Clock clock,
            RetentionTimers timers,
            Obligations obligations,
            EvidenceLog evidence,
            Blockers blockers,
            AdministrativeActions actions,
            Caller caller) {
        this.terminations = terminations;
        this.clock = clock;
        this.timers = timers;
        this.obligations = obligations;
        this.evidence = evidence;
        this.blockers = blockers;
        this.actions = actions;
        this.caller = caller;
    }

    /**
     * Cancels a termination, unless it was cancelled before.
     *
     * @return a Uni that fails with {@link Problem} 404 for a termination that is unknown to the caller, and with a
     *     {@link Refusal} once the deletion has started
     */
    Uni<Void> cancel(UUID terminationId) {
        return terminations.lock(terminationId).flatMap(termination -> {
            if (termination == null) {
                throw Problem.notFound("termination");
            }
            caller.mustSee(termination.tenantId(), "termination");
            return termination
                    .cancel(clock.instant())
                    .map(started -> restore(termination, started))
                    .orElseGet(() -> Uni.createFrom().voidItem());
        });
    }

    private Uni<Void> restore(Termination termination, RestorationStarted started) {
        return timers.abandon(termination.id())
                .chain(() -> blockers.resolveAll(termination.id()))
                .chain(() -> obligations.begin(termination.id(), Command.RESTORE))
                .chain(() -> publish(termination, started))
                .chain(() -> actions.record(
                        termination.tenantId(), "termination.cancel", termination.path(), termination.id()));
    }

    /** Closes a cancelled termination if everything is restored now; otherwise does nothing. */
    public Uni<Void> closeIfRestored(Termination termination, Owed owed) {
        return owed.isNothing() ? close(termination, owed) : Uni.createFrom().voidItem();
    }

    private Uni<Void> close(Termination termination, Owed owed) {
        TerminationCancelled cancelled = termination.close(owed);
        return blockers.resolveAll(termination.id()).chain(() -> publish(termination, cancelled));
    }

    private Uni<Void> publish(Termination termination, LifecycleFact fact) {
        return evidence.publish(termination.tenantId(), termination.id(), termination.path(), fact);
    }
}

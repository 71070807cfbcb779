package io.tenure.lifecycle.cancellation;

import io.smallrye.mutiny.Uni;
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
import io.tenure.lifecycle.time.DatabaseClock;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;

/** Cancels terminations while nothing is deleted yet. Methods join the caller's transaction. */
@ApplicationScoped
public class Cancellation {

    private final Terminations terminations;
    private final DatabaseClock clock;
    private final RetentionTimers timers;
    private final Obligations obligations;
    private final EvidenceLog evidence;
    private final Blockers blockers;
    private final AdministrativeActions actions;
    private final Caller caller;

    Cancellation(
            Terminations terminations,
            DatabaseClock clock,
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
     * @return whether this call cancelled it; a Uni that fails with {@link Problem} 404 for a termination that is
     *     unknown to the caller, and with a {@link Refusal} once the deletion has started
     */
    Uni<Boolean> cancel(UUID terminationId) {
        return terminations.lock(terminationId).flatMap(termination -> {
            if (termination == null) {
                throw Problem.notFound("termination");
            }
            caller.mustSee(termination.tenantId(), "termination");
            return clock.now()
                    .flatMap(now -> termination.cancel(now)
                            ? restore(termination).replaceWith(true)
                            : Uni.createFrom().item(false));
        });
    }

    private Uni<Void> restore(Termination termination) {
        return timers.abandon(termination.id())
                .chain(() -> blockers.resolveAll(termination.id()))
                .chain(() -> obligations.begin(termination.id(), Command.RESTORE))
                .chain(() -> evidence.publish(
                        termination.tenantId(),
                        termination.id(),
                        termination.path(),
                        new RestorationStarted(termination.id())))
                .chain(() -> actions.record(
                        termination.tenantId(), "termination.cancel", termination.path(), termination.id()));
    }

    /** Closes a cancelled termination if everything is restored now; otherwise does nothing. */
    public Uni<Void> closeIfRestored(Termination termination, Owed owed) {
        return owed.isNothing()
                ? clock.now()
                        .invoke(now -> termination.close(owed, now))
                        .chain(() -> blockers.resolveAll(termination.id()))
                        .chain(() -> evidence.publish(
                                termination.tenantId(),
                                termination.id(),
                                termination.path(),
                                new TerminationCancelled(termination.id())))
                : Uni.createFrom().voidItem();
    }
}

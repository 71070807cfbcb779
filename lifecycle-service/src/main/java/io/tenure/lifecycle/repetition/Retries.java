package io.tenure.lifecycle.repetition;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.audittrail.AdministrativeActions;
import io.tenure.kit.problem.Problem;
import io.tenure.kit.problem.Refusal;
import io.tenure.lifecycle.intervention.Interventions;
import io.tenure.lifecycle.obligation.BlockerQueries;
import io.tenure.lifecycle.schedule.RetentionTimers;
import io.tenure.lifecycle.termination.Termination;
import io.tenure.lifecycle.termination.Terminations;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;

/**
 * An operator has fixed something and wants an immediate retry of whatever was blocked. Methods join the caller's
 * transaction.
 */
@ApplicationScoped
class Retries {

    private final Terminations terminations;
    private final BlockerQueries blockers;
    private final Repetition repetition;
    private final RetentionTimers timers;
    private final Interventions interventions;
    private final AdministrativeActions actions;

    Retries(
            Terminations terminations,
            BlockerQueries blockers,
            Repetition repetition,
            RetentionTimers timers,
            Interventions interventions,
            AdministrativeActions actions) {
        this.terminations = terminations;
        this.blockers = blockers;
        this.repetition = repetition;
        this.timers = timers;
        this.interventions = interventions;
        this.actions = actions;
    }

    /**
     * Retries at once whatever blocks a termination.
     *
     * @param reason the operator's own words
     * @return the intervention's id; a Uni that fails with {@link Problem} 404 for an unknown termination, and with a
     *     {@link Refusal} if nothing blocks it
     */
    Uni<UUID> retry(UUID terminationId, String reason) {
        return terminations.lock(terminationId).flatMap(termination -> {
            if (termination == null) {
                throw Problem.notFound("termination");
            }
            return blockers.first(List.of(terminationId))
                    .invoke(found -> {
                        if (found.isEmpty()) {
                            throw new Refusal(
                                    "nothing-blocked",
                                    "Nothing blocks this termination. It is " + termination.state() + ".");
                        }
                    })
                    .chain(() -> tryAtOnce(termination))
                    .chain(() -> actions.record(
                            termination.tenantId(), "termination.retry", termination.path(), terminationId))
                    .chain(() -> interventions.record(terminationId, Interventions.Action.RETRY, reason));
        });
    }

    private Uni<Void> tryAtOnce(Termination termination) {
        return termination
                .repeat()
                .map(fact -> repetition.repeat(termination, fact))
                .orElseGet(() -> timers.lookNow(termination.id()));
    }
}

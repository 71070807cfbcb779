package io.tenure.lifecycle.extension;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.access.Caller;
import io.tenure.kit.audittrail.AdministrativeActions;
import io.tenure.kit.problem.Problem;
import io.tenure.kit.problem.Refusal;
import io.tenure.lifecycle.intervention.Interventions;
import io.tenure.lifecycle.obligation.Blockers;
import io.tenure.lifecycle.policy.RetentionTerms.Extender;
import io.tenure.lifecycle.schedule.Schedules;
import io.tenure.lifecycle.termination.Terminations;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;

/** Retentions that become longer because somebody wants that. Methods join the caller's transaction. */
@ApplicationScoped
class Extensions {

    private final Terminations terminations;
    private final Schedules schedules;
    private final Blockers blockers;
    private final Interventions interventions;
    private final AdministrativeActions actions;
    private final Caller caller;
    private final Clock clock;

    Extensions(
            Terminations terminations,
            Schedules schedules,
            Blockers blockers,
            Interventions interventions,
            AdministrativeActions actions,
            Caller caller,
            Clock clock) {
        this.terminations = terminations;
        this.schedules = schedules;
        this.blockers = blockers;
        this.interventions = interventions;
        this.actions = actions;
        this.caller = caller;
        this.clock = clock;
    }

    /**
     * The caller extends a retention: the customer itself, or an operator.
     *
     * @return a Uni that fails with {@link Problem} 404 for a termination that is unknown to the
     *     caller, and with a {@link Refusal} for what its terms do not allow
     */
    Uni<Void> extend(UUID terminationId, Instant endsAt, String reason) {
        return terminations
                .lock(terminationId)
                .onItem()
                .ifNull()
                .failWith(() -> Problem.notFound("termination"))
                .invoke(termination -> caller.mustSee(termination.tenantId(), "termination"))
                .call(termination -> schedules.extend(termination, by(), endsAt, clock.instant()))
                // What kept the gate shut at the old end is no matter now.
                .call(termination -> blockers.resolve(terminationId, Blockers.GATE))
                .call(termination -> interventions.record(terminationId, Interventions.Action.EXTEND, reason))
                .call(termination ->
                        actions.record(termination.tenantId(), "termination.extend", termination.path(), terminationId))
                .replaceWithVoid();
    }

    private Extender by() {
        return caller.onlyTenant().isPresent() ? Extender.CUSTOMER : Extender.PROVIDER;
    }
}

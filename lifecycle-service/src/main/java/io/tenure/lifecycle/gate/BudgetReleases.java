package io.tenure.lifecycle.gate;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.access.Caller;
import io.tenure.kit.page.Page;
import io.tenure.kit.problem.Problem;
import io.tenure.kit.problem.Refusal;
import io.tenure.lifecycle.intervention.Interventions;
import io.tenure.lifecycle.intervention.Interventions.Action;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.time.Clock;
import java.time.LocalDate;
import java.util.UUID;

/** Lets more deletions start on a day than its budget, if two people want that. */
@ApplicationScoped
class BudgetReleases {

    private final UnitOfWork unitOfWork;
    private final GateSettings settings;
    private final Interventions interventions;
    private final Caller caller;
    private final Clock clock;

    BudgetReleases(
            UnitOfWork unitOfWork, GateSettings settings, Interventions interventions, Caller caller, Clock clock) {
        this.unitOfWork = unitOfWork;
        this.settings = settings;
        this.interventions = interventions;
        this.caller = caller;
        this.clock = clock;
    }

    /**
     * The caller asks for more. Joins the caller's transaction.
     *
     * @param day in UTC; null for today
     * @return a Uni that fails with {@link Refusal} if the day is over
     */
    Uni<BudgetRelease> ask(UUID id, LocalDate day, int number, String reason) {
        BudgetRelease release = BudgetRelease.asked(id, day, number, reason, caller.id(), clock.instant());
        return Panache.getSession()
                .flatMap(session -> session.persist(release))
                .chain(() -> interventions.record(null, Action.ASK_BUDGET_RELEASE, reason))
                .replaceWith(release);
    }

    /**
     * The caller approves what another person asked for; what waited is decided about at once. Repeating it changes
     * nothing.
     *
     * @return a Uni that fails with {@link Problem} 404 for an unknown one, and with a {@link Refusal} for the person who
     *     asked, and if the day is over
     */
    Uni<BudgetRelease> approve(UUID id) {
        return unitOfWork.run(() -> Panache.getSession()
                .flatMap(session -> session.find(BudgetRelease.class, id, LockModeType.PESSIMISTIC_WRITE))
                .onItem()
                .ifNull()
                .failWith(() -> Problem.notFound("release"))
                .call(release -> release.approve(caller.id(), clock.instant())
                        ? interventions
                                .record(null, Action.APPROVE_BUDGET_RELEASE, release.reason())
                                .chain(settings::lookAgain)
                        : Uni.createFrom().voidItem()));
    }

    /** One release. @return a Uni that fails with {@link Problem} 404 for an unknown one */
    Uni<BudgetRelease> one(UUID id) {
        return Panache.withSession(() -> Panache.getSession().flatMap(session -> session.find(BudgetRelease.class, id)))
                .onItem()
                .ifNull()
                .failWith(() -> Problem.notFound("release"));
    }

    /** A page, oldest first. */
    Uni<Page<BudgetReleaseView>> page(int limit, UUID after) {
        return Panache.withSession(() -> Panache.getSession()
                .flatMap(session -> session.createQuery(
                                "from BudgetRelease where id > ?1 order by id", BudgetRelease.class)
                        .setParameter(1, after)
                        .setMaxResults(limit + 1)
                        .getResultList())
                .map(found -> Page.of(found, limit, BudgetRelease::id, BudgetReleaseView::of)));
    }
}

package io.tenure.lifecycle.termination;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.access.Caller;
import io.tenure.kit.confirmation.DeletionOrders;
import io.tenure.kit.page.Page;
import io.tenure.kit.problem.Problem;
import io.tenure.kit.problem.Refusal;
import io.tenure.lifecycle.impediment.Impediments;
import io.tenure.lifecycle.obligation.BlockerQueries;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/** Reads terminations for the API, in the caller's session or one of its own. */
@ApplicationScoped
public class TerminationQueries {

    private final BlockerQueries blockers;
    private final Impediments impediments;
    private final Caller caller;

    TerminationQueries(BlockerQueries blockers, Impediments impediments, Caller caller) {
        this.blockers = blockers;
        this.impediments = impediments;
        this.caller = caller;
    }

    /** A termination. @return a Uni that fails with {@link Problem} 404 for one that is unknown to the caller */
    public Uni<Termination> visible(UUID id) {
        return find(id).invoke(termination -> {
            if (termination == null) {
                throw Problem.notFound("termination");
            }
            caller.mustSee(termination.tenantId(), "termination");
        });
    }

    /**
     * A termination whose deletion was ordered and may go on now, whoever asks.
     *
     * @param ids an asset that is to be deleted now, and what it lies in; empty for what belongs to the tenant as a whole
     * @return a Uni that fails with {@link Problem} 404 if there is none, and with a {@link Refusal} before the order and
     *     while something forbids it
     */
    Uni<Termination> ordered(UUID id, List<UUID> ids) {
        return Panache.withSession(() -> find(id).onItem()
                .ifNull()
                .failWith(() ->
                        new Problem(404, DeletionOrders.NO_TERMINATION, "Not found", "There is no such termination."))
                .call(termination -> impediments.of(id).invoke(found -> termination.mustAllowDeletion(ids, found))));
    }

    private static Uni<Termination> find(UUID id) {
        return Panache.withSession(() -> Panache.getSession().flatMap(session -> session.find(Termination.class, id)));
    }

    /** One termination with its blockers. @return a Uni that fails as {@link #visible} does */
    public Uni<TerminationView> one(UUID id) {
        return Panache.withSession(() ->
                visible(id).flatMap(termination -> views(List.of(termination)).map(views -> views.apply(termination))));
    }

    /** How the API shows each of these to the caller. */
    private Uni<Function<Termination, TerminationView>> views(List<Termination> found) {
        List<UUID> ids = found.stream().map(Termination::id).toList();
        return blockers.first(ids).flatMap(open -> impediments
                .of(ids)
                .map(forbidding -> termination -> TerminationView.of(
                        termination,
                        forbidding.getOrDefault(termination.id(), List.of()),
                        open.getOrDefault(termination.id(), List.of()))));
    }

    /**
     * A page of terminations with their blockers, oldest first. Who belongs to a tenant sees only its own.
     *
     * @param tenantId only this tenant's, or null
     * @param state only those in this state, or null
     * @param after the last id of the page before
     */
    Uni<Page<TerminationView>> page(UUID tenantId, TerminationState state, int limit, UUID after) {
        UUID visible = caller.onlyTenant().orElse(tenantId);
        return tenantId == null || tenantId.equals(visible)
                ? pageOf(visible, state, limit, after)
                : Uni.createFrom().item(new Page<>(List.of(), null));
    }

    private Uni<Page<TerminationView>> pageOf(UUID tenantId, TerminationState state, int limit, UUID after) {
        return Panache.withSession(() -> Panache.getSession().flatMap(session -> {
            var query = session.createQuery(
                            "from Termination where id > :after"
                                    + (tenantId == null ? "" : " and tenantId = :tenantId")
                                    + (state == null ? "" : " and state = :state") + " order by id",
                            Termination.class)
                    .setParameter("after", after)
                    .setMaxResults(limit + 1);
            if (tenantId != null) {
                query.setParameter("tenantId", tenantId);
            }
            if (state != null) {
                query.setParameter("state", state);
            }
            return query.getResultList()
                    .flatMap(found -> views(found).map(views -> Page.of(found, limit, Termination::id, views)));
        }));
    }
}

package io.tenure.lifecycle.termination;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.Page;
import io.tenure.lifecycle.termination.TerminationView.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;

/** Reads terminations for the API, in the caller's session or one of its own. */
@ApplicationScoped
public class TerminationQueries {

    private final Blockers blockers;

    TerminationQueries(Blockers blockers) {
        this.blockers = blockers;
    }

    /** One termination with its blockers and steps; null if there is none. */
    public Uni<TerminationView> one(UUID id) {
        return Panache.withSession(() -> Panache.getSession().flatMap(session -> session.find(Termination.class, id)
                .onItem()
                .ifNotNull()
                .transformToUni(termination -> blockers.of(List.of(id)).flatMap(open -> steps(session, id)
                        .map(steps -> TerminationView.of(termination, open, steps))))));
    }

    /**
     * A page of terminations with their blockers, oldest first.
     *
     * @param tenantId only this tenant's, or null
     * @param state only those in this state, or null
     * @param after the last id of the page before
     */
    Uni<Page<TerminationView>> page(UUID tenantId, TerminationState state, int limit, UUID after) {
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
            return query.getResultList().flatMap(found -> blockers.of(
                            found.stream().map(Termination::id).toList())
                    .map(open -> Page.of(
                            found,
                            limit,
                            Termination::id,
                            termination -> TerminationView.of(termination, open, null))));
        }));
    }

    private static Uni<List<Step>> steps(Mutiny.Session session, UUID terminationId) {
        return session.createQuery(
                        "select type, occurredAt, subject, eventId from EvidenceRow where terminationId = ?1"
                                + " order by occurredAt, eventId",
                        Object[].class)
                .setParameter(1, terminationId)
                .getResultList()
                .map(rows -> rows.stream()
                        .map(row -> Step.of((String) row[0], (Instant) row[1], (String) row[2], (UUID) row[3]))
                        .toList());
    }
}

package io.tenure.lifecycle.hold;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.tenure.events.LifecycleFact;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.access.Caller;
import io.tenure.kit.audittrail.AdministrativeActions;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.page.Page;
import io.tenure.kit.problem.Problem;
import io.tenure.kit.problem.Refusal;
import io.tenure.lifecycle.evidence.EvidenceLog;
import io.tenure.lifecycle.tenant.KnownTenants;
import io.tenure.lifecycle.termination.Termination;
import io.tenure.lifecycle.termination.Terminations;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import jakarta.persistence.Tuple;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Legal holds. Setting and releasing one takes the locks of all terminations of the tenant first, as the gate takes that
 * of the one whose deletion it starts: so of a hold and a deletion at the same instant exactly one comes first.
 */
@ApplicationScoped
class Holds {

    private static final String GONE = """
            SELECT termination.id, count(medium.id) AS media, count(medium.sanitization_id) AS sanitized,
                count(medium.loss_id) AS lost,
                EXISTS (SELECT FROM obligation WHERE obligation.termination_id = termination.id
                    AND command = 'DELETE' AND participant = 'credential' AND fulfilled_at IS NOT NULL) AS keys
            FROM termination
            LEFT JOIN manifest_asset asset ON asset.termination_id = termination.id
                AND (CAST(?2 AS uuid) IS NULL OR asset.asset_id = CAST(?2 AS uuid))
            LEFT JOIN manifest_medium medium ON medium.termination_id = asset.termination_id
                AND medium.asset_id = asset.asset_id AND medium.disablement_id = asset.disablement_id
            WHERE termination.tenant_id = ?1 AND deletion_started_at IS NOT NULL
            GROUP BY termination.id ORDER BY termination.id""";

    private final UnitOfWork unitOfWork;
    private final KnownTenants tenants;
    private final Terminations terminations;
    private final Resumption resumption;
    private final EvidenceLog evidence;
    private final Outbox outbox;
    private final AdministrativeActions actions;
    private final Caller caller;
    private final Clock clock;

    Holds(
            UnitOfWork unitOfWork,
            KnownTenants tenants,
            Terminations terminations,
            Resumption resumption,
            EvidenceLog evidence,
            Outbox outbox,
            AdministrativeActions actions,
            Caller caller,
            Clock clock) {
        this.unitOfWork = unitOfWork;
        this.tenants = tenants;
        this.terminations = terminations;
        this.resumption = resumption;
        this.evidence = evidence;
        this.outbox = outbox;
        this.actions = actions;
        this.caller = caller;
        this.clock = clock;
    }

    /**
     * The caller sets a hold. It is in force with the commit. Joins the caller's transaction.
     *
     * @return a Uni that fails with {@link Problem} 404 for an unknown tenant, and with a {@link Refusal} if nothing is
     *     left to hold
     */
    Uni<HoldView> set(UUID id, UUID tenantId, LegalHold.Order order) {
        return tenants.exists(tenantId)
                .invoke(known -> {
                    if (!known) {
                        throw Problem.notFoundYet("tenant");
                    }
                })
                .chain(() -> terminations.lockAllOf(tenantId))
                .invoke(all -> all.forEach(Termination::mustLeaveSomethingToHold))
                .flatMap(all -> {
                    LegalHold.Beginning begun = LegalHold.set(id, tenantId, order, caller.id(), clock.instant());
                    return Panache.getSession()
                            .flatMap(session -> session.persist(begun.hold()).chain(session::flush))
                            .chain(() -> tell(begun.hold(), all, begun.fact()))
                            .chain(() -> actions.record(
                                    tenantId, "hold.set", begun.hold().path(), correlation(all)))
                            .chain(() -> view(begun.hold()));
                });
    }

    /**
     * The caller releases a hold; repeating it changes nothing. What it held up goes on with the commit.
     *
     * @return a Uni that fails with {@link Problem} 404 for an unknown one, and with a {@link Refusal} for who set it
     */
    Uni<HoldView> release(UUID id, String why) {
        return unitOfWork.run(() -> find(id).flatMap(
                        known -> terminations.lockAllOf(known.tenantId()).flatMap(all -> lock(known)
                                .flatMap(hold -> hold.release(caller.id(), why, clock.instant())
                                        .map(fact -> Panache.getSession()
                                                .flatMap(session -> session.flush())
                                                .chain(() -> tell(hold, all, fact))
                                                .chain(() -> actions.record(
                                                        hold.tenantId(), "hold.release", hold.path(), correlation(all)))
                                                .chain(() -> resumption.of(all)))
                                        .orElseGet(() -> Uni.createFrom().voidItem())
                                        .chain(() -> view(hold))))));
    }

    /**
     * The caller has looked at a hold and keeps it. Joins the caller's transaction.
     *
     * @return a Uni that fails with {@link Problem} 404 for an unknown one, and with a {@link Refusal} for a released
     *     one
     */
    Uni<HoldView> review(UUID id, Instant next) {
        return find(id).flatMap(Holds::lock)
                .invoke(hold -> hold.reviewed(next, clock.instant()))
                .call(hold -> actions.record(hold.tenantId(), "hold.review", hold.path(), null))
                .flatMap(this::view);
    }

    /** One hold. @return a Uni that fails with {@link Problem} 404 for an unknown one */
    Uni<HoldView> one(UUID id) {
        return Panache.withSession(() -> find(id).flatMap(this::view));
    }

    /** A page of a tenant's holds, also of those that were released, oldest first. */
    Uni<Page<HoldView>> page(UUID tenantId, int limit, UUID after) {
        return Panache.withSession(() -> Panache.getSession()
                .flatMap(session -> session.createQuery(
                                "from LegalHold where tenantId = ?1 and id > ?2 order by id", LegalHold.class)
                        .setParameter(1, tenantId)
                        .setParameter(2, after)
                        .setMaxResults(limit + 1)
                        .getResultList())
                .map(found ->
                        Page.of(found, limit, LegalHold::id, hold -> HoldView.of(hold, clock.instant(), List.of()))));
    }

    /** Publishes that the reviews of these holds are overdue, if they are. Joins the caller's transaction. */
    Uni<Void> remind(List<LegalHold> due) {
        return Multi.createFrom()
                .iterable(due)
                .onItem()
                .transformToUniAndConcatenate(hold -> hold.remind(clock.instant())
                        .map(fact -> outbox.append(hold.tenantId(), hold.path(), null, fact)
                                .replaceWithVoid())
                        .orElseGet(() -> Uni.createFrom().voidItem()))
                .collect()
                .last()
                .replaceWithVoid();
    }

    private static Uni<LegalHold> find(UUID id) {
        return Panache.getSession()
                .flatMap(session -> session.find(LegalHold.class, id))
                .onItem()
                .ifNull()
                .failWith(() -> Problem.notFound("hold"));
    }

    /** Reads it again, because it may have changed before the lock was there. */
    private static Uni<LegalHold> lock(LegalHold hold) {
        return Panache.getSession()
                .flatMap(session -> session.refresh(hold, LockModeType.PESSIMISTIC_WRITE))
                .replaceWith(hold);
    }

    /** A fact belongs to the evidence of the termination that it concerns, if there is one. */
    private Uni<Void> tell(LegalHold hold, List<Termination> concerned, LifecycleFact fact) {
        UUID terminationId = correlation(concerned);
        return terminationId == null
                ? outbox.append(hold.tenantId(), hold.path(), null, fact).replaceWithVoid()
                : evidence.publish(hold.tenantId(), terminationId, hold.path(), fact);
    }

    private static UUID correlation(List<Termination> concerned) {
        return concerned.isEmpty() ? null : concerned.getLast().id();
    }

    private Uni<HoldView> view(LegalHold hold) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(GONE, Tuple.class)
                        .setParameter(1, hold.tenantId())
                        .setParameter(
                                2,
                                hold.assetId() == null ? null : hold.assetId().toString())
                        .getResultList())
                .map(rows -> HoldView.of(
                        hold,
                        clock.instant(),
                        rows.stream()
                                .map(row -> new HoldView.Gone(
                                        row.get(0, UUID.class),
                                        row.get(1, Long.class),
                                        row.get(2, Long.class),
                                        row.get(3, Long.class),
                                        row.get(4, Boolean.class)))
                                .toList()));
    }
}

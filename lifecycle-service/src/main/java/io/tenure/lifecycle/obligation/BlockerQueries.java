package io.tenure.lifecycle.obligation;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.page.Page;
import io.tenure.lifecycle.impediment.Impediment.Held;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What blocks terminations: first what is overdue or held, which is found by query, then what was reported. In the caller's
 * session or one of its own.
 */
@ApplicationScoped
public class BlockerQueries {

    /** The owner of what no service can resolve. */
    private static final String OPERATIONS = "operations";

    /** At most this many reported blockers are shown with a termination; there may be one per asset. */
    private static final int SHOWN = 20;

    private static final String FIRST = """
            SELECT first.* FROM unnest(CAST(?1 AS uuid[])) AS wanted (id)
            CROSS JOIN LATERAL (
                SELECT termination_id, resource, owner, reason, attempts, next_retry_at
                FROM blocker WHERE termination_id = wanted.id ORDER BY id LIMIT ?2) AS first""";
    private static final String OVERDUE_NOTICES = """
            SELECT termination_id, lower(replace(kind, '_', ' ')) || ' ' || sequence, due_at
            FROM retention_notice notice JOIN termination ON termination.id = notice.termination_id
            WHERE termination_id = ANY(CAST(?1 AS uuid[])) AND state = 'RETAINED' AND notice.version = schedule_version
                AND delivered_at IS NULL AND due_at + make_interval(secs => ?2) < present_time()
                -- From then on the gate says what is missing.
                AND retention_ends_at > present_time()
            ORDER BY due_at""";

    private static final String HELD = """
            SELECT termination.id, legal_hold.id, asset_id, set_at
            FROM termination JOIN legal_hold ON legal_hold.tenant_id = termination.tenant_id
            WHERE termination.id = ANY(CAST(?1 AS uuid[])) AND state = 'DELETING' AND released_at IS NULL
            ORDER BY legal_hold.id""";

    private final Obligations obligations;
    private final ObligationPolicy policy;

    BlockerQueries(Obligations obligations, ObligationPolicy policy) {
        this.obligations = obligations;
        this.policy = policy;
    }

    /**
     * The blockers of each termination: all that is overdue, and the first reported ones. A termination without
     * blockers has no entry.
     */
    public Uni<Map<UUID, List<BlockerView>>> first(Collection<UUID> terminationIds) {
        return Panache.withSession(() -> overdue(terminationIds).flatMap(found -> reported(terminationIds)
                .invoke(rows -> rows.forEach(row -> add(found, row.get(0, UUID.class), reported(row))))
                .replaceWith(found)));
    }

    /**
     * A page of reported blockers. The first page starts with everything overdue, which does not count towards the
     * limit.
     */
    public Uni<Page<BlockerView>> page(UUID terminationId, int limit, UUID after, boolean first) {
        return Panache.withSession(() -> Panache.getSession()
                .flatMap(session -> session.createQuery(
                                "from Blocker where terminationId = ?1 and id > ?2 order by id", Blocker.class)
                        .setParameter(1, terminationId)
                        .setParameter(2, after)
                        .setMaxResults(limit + 1)
                        .getResultList())
                .map(rows -> Page.of(rows, limit, row -> row.id, BlockerView::of))
                .flatMap(page -> first
                        ? overdue(List.of(terminationId))
                                .map(found -> new Page<>(
                                        Stream.concat(
                                                        found.getOrDefault(terminationId, List.of()).stream(),
                                                        page.items().stream())
                                                .toList(),
                                        page.next()))
                        : Uni.createFrom().item(page)));
    }

    private Uni<Map<UUID, List<BlockerView>>> overdue(Collection<UUID> terminationIds) {
        Map<UUID, List<BlockerView>> found = new HashMap<>();
        return obligations
                .overdue(terminationIds)
                .invoke(overdue -> overdue.forEach(one -> add(found, one.terminationId(), one.blocker())))
                .chain(() -> Panache.getSession())
                .flatMap(session -> session.createNativeQuery(OVERDUE_NOTICES, Tuple.class)
                        .setParameter(1, terminationIds.toArray(UUID[]::new))
                        .setParameter(2, policy.notice().toMillis() / 1000.0)
                        .getResultList())
                .invoke(rows -> rows.forEach(row -> add(
                        found,
                        row.get(0, UUID.class),
                        unproven(
                                row.get(0, UUID.class),
                                row.get(1, String.class),
                                row.get(2, OffsetDateTime.class).toInstant()))))
                .chain(() -> Panache.getSession())
                .flatMap(session -> session.createNativeQuery(HELD, Tuple.class)
                        .setParameter(1, terminationIds.toArray(UUID[]::new))
                        .getResultList())
                .invoke(rows -> rows.forEach(row -> add(found, row.get(0, UUID.class), held(row))))
                .replaceWith(found);
    }

    private static BlockerView held(Tuple row) {
        Held held = new Held(
                row.get(1, UUID.class),
                row.get(2, UUID.class),
                row.get(3, OffsetDateTime.class).toInstant());
        return new BlockerView("/v1/holds/" + held.holdId(), OPERATIONS, held.reason(), 1, null);
    }

    /** A notice that is not proven delivered in time. @param label as {@code retention warning 2} */
    public static BlockerView unproven(UUID terminationId, String label, Instant dueAt) {
        return new BlockerView(
                "/v1/terminations/" + terminationId,
                "notification",
                "The " + label + " notice was due at " + dueAt
                        + " and is not proven delivered. Check that mail is being sent and that the contact is reachable.",
                1,
                null);
    }

    private static Uni<List<Tuple>> reported(Collection<UUID> terminationIds) {
        return Panache.getSession().flatMap(session -> session.createNativeQuery(FIRST, Tuple.class)
                .setParameter(1, terminationIds.toArray(UUID[]::new))
                .setParameter(2, SHOWN)
                .getResultList());
    }

    private static BlockerView reported(Tuple row) {
        OffsetDateTime next = row.get(5, OffsetDateTime.class);
        return new BlockerView(
                row.get(1, String.class),
                row.get(2, String.class),
                row.get(3, String.class),
                row.get(4, Integer.class),
                next == null ? null : next.toInstant());
    }

    private static void add(Map<UUID, List<BlockerView>> found, UUID terminationId, BlockerView blocker) {
        found.computeIfAbsent(terminationId, none -> new ArrayList<>()).add(blocker);
    }
}

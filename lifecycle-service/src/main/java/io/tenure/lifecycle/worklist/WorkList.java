package io.tenure.lifecycle.worklist;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.events.LifecycleFact.Command;
import io.tenure.kit.page.Page;
import io.tenure.lifecycle.impediment.Impediment;
import io.tenure.lifecycle.obligation.BlockerQueries;
import io.tenure.lifecycle.obligation.ObligationPolicy;
import io.tenure.lifecycle.obligation.Overdue;
import io.tenure.lifecycle.termination.TerminationState;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;

/**
 * Everything that waits for a person, across all tenants: what was reported, what is overdue, and what holds stop. The
 * last two are found by query, so that nobody has to report them. In a session of its own.
 */
@ApplicationScoped
class WorkList {

    // What is found by query has no row of its own, so its id is made of what it is.
    private static final String PAGE = """
            SELECT id, kind, tenant_id, termination_id, state, resource, owner, reason, attempts, next_look_at,
                detail, due_at, hold_id, asset_id
            FROM (
                SELECT blocker.id,
                    CASE split_part(matter, '/', 1) WHEN 'GATE' THEN 'GATE' WHEN 'NOTICE' THEN 'NOTICE'
                        WHEN 'EVIDENCE' THEN 'EVIDENCE' ELSE 'FAILURE' END AS kind,
                    tenant_id, termination_id, state, resource, owner, reason, attempts, next_retry_at AS next_look_at,
                    CAST(NULL AS text) AS detail, CAST(NULL AS timestamptz) AS due_at, CAST(NULL AS uuid) AS hold_id,
                    CAST(NULL AS uuid) AS asset_id
                FROM blocker JOIN termination ON termination.id = termination_id
                UNION ALL
                SELECT CAST(md5(concat(termination_id, command, participant)) AS uuid), 'OVERDUE', tenant_id, termination_id, state,
                    concat('/v1/terminations/', termination_id), participant, NULL, repeated, repeat_at, command, due_by, NULL, NULL
                FROM owed WHERE due_by < present_time()
                UNION ALL
                SELECT notice.id, 'NOTICE', tenant_id, termination_id, state, concat('/v1/terminations/', termination_id),
                    'notification', NULL, 1, NULL, concat(lower(replace(kind, '_', ' ')), ' ', sequence), due_at, NULL, NULL
                FROM retention_notice notice JOIN termination ON termination.id = notice.termination_id
                WHERE state = 'RETAINED' AND notice.version = schedule_version AND delivered_at IS NULL
                    AND due_at + make_interval(secs => ?1) < present_time() AND retention_ends_at > present_time()
                UNION ALL
                SELECT CAST(md5(concat(termination.id, legal_hold.id)) AS uuid), 'HOLD', termination.tenant_id, termination.id, state,
                    concat('/v1/holds/', legal_hold.id), 'operations', NULL, 1, NULL, NULL, set_at, legal_hold.id, asset_id
                FROM legal_hold JOIN termination ON termination.tenant_id = legal_hold.tenant_id
                WHERE released_at IS NULL AND state = 'DELETING'
                UNION ALL
                SELECT id, 'REVIEW', tenant_id, NULL, NULL, concat('/v1/holds/', id), 'operations', NULL, 1, NULL, NULL, review_at,
                    id, asset_id
                FROM legal_hold WHERE released_at IS NULL AND review_at < present_time()) AS matter
            WHERE id > ?2 AND (CAST(?3 AS uuid) IS NULL OR tenant_id = CAST(?3 AS uuid))
                AND (CAST(?4 AS text) IS NULL OR owner = CAST(?4 AS text))
                AND (CAST(?5 AS text) IS NULL OR state = CAST(?5 AS text))
                AND (CAST(?6 AS text) IS NULL OR kind = CAST(?6 AS text))
                AND (CAST(?7 AS text) IS NULL OR resource = CAST(?7 AS text))
            ORDER BY id LIMIT ?8""";

    /** What to show; null is any. */
    record Filter(UUID tenantId, String owner, TerminationState state, MatterKind kind, String resource) {}

    private final ObligationPolicy policy;

    WorkList(ObligationPolicy policy) {
        this.policy = policy;
    }

    Uni<Page<OpenMatter>> page(Filter filter, int limit, UUID after) {
        return Panache.withSession(
                        () -> Panache.getSession().flatMap(session -> session.createNativeQuery(PAGE, Tuple.class)
                                .setParameter(1, policy.notice().toMillis() / 1000.0)
                                .setParameter(2, after)
                                .setParameter(3, text(filter.tenantId()))
                                .setParameter(4, filter.owner())
                                .setParameter(5, text(filter.state()))
                                .setParameter(6, text(filter.kind()))
                                .setParameter(7, filter.resource())
                                .setParameter(8, limit + 1)
                                .getResultList()))
                .map(rows -> Page.of(rows, limit, row -> row.get("id", UUID.class), WorkList::matter));
    }

    private static String text(Object value) {
        return value == null ? null : value.toString();
    }

    private static OpenMatter matter(Tuple row) {
        MatterKind kind = MatterKind.valueOf(row.get("kind", String.class));
        UUID tenantId = row.get("tenant_id", UUID.class);
        UUID terminationId = row.get("termination_id", UUID.class);
        String state = row.get("state", String.class);
        return new OpenMatter(
                row.get("id", UUID.class),
                kind,
                tenantId,
                terminationId,
                state == null ? null : TerminationState.valueOf(state),
                row.get("resource", String.class),
                row.get("owner", String.class),
                reason(kind, terminationId, row),
                row.get("attempts", Integer.class),
                instant(row, "next_look_at"),
                OpenMatter.Action.on(kind, tenantId, terminationId, row.get("hold_id", UUID.class)));
    }

    private static String reason(MatterKind kind, UUID terminationId, Tuple row) {
        String reported = row.get("reason", String.class);
        if (reported != null) {
            return reported;
        }
        Instant dueAt = instant(row, "due_at");
        return switch (kind) {
            case OVERDUE ->
                new Overdue(
                                terminationId,
                                Command.valueOf(row.get("detail", String.class)),
                                row.get("owner", String.class),
                                dueAt,
                                row.get("attempts", Integer.class),
                                instant(row, "next_look_at"))
                        .blocker()
                        .reason();
            case NOTICE ->
                BlockerQueries.unproven(terminationId, row.get("detail", String.class), dueAt)
                        .reason();
            case HOLD ->
                new Impediment.Held(row.get("hold_id", UUID.class), row.get("asset_id", UUID.class), dueAt).reason();
            case REVIEW ->
                "The legal hold was to be reviewed by " + dueAt
                        + ". Ask whether it is still needed; then set a new date, or have it released.";
            case GATE, FAILURE, EVIDENCE -> throw new IllegalStateException("A report has a reason");
        };
    }

    private static Instant instant(Tuple row, String column) {
        OffsetDateTime at = row.get(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}

package io.tenure.kit.task;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the runner does to the table of open tasks. All times are the database's. */
@ApplicationScoped
class TaskTable {

    private static final String CLAIM = """
            WITH due AS MATERIALIZED (
                SELECT one.id FROM unnest($2::text[], $3::int4[]) AS room (urgency, free) CROSS JOIN LATERAL (
                    SELECT id FROM task
                    WHERE task.urgency = room.urgency AND due_at <= now() AND (leased_until IS NULL OR leased_until < now())
                    ORDER BY due_at LIMIT room.free FOR UPDATE SKIP LOCKED) AS one)
            UPDATE task SET epoch = nextval('task_epoch'), leased_until = now() + make_interval(secs => $1),
                attempts = attempts + 1, hastened = false, progress_done = NULL, progress_total = NULL
            FROM due WHERE task.id = due.id
            RETURNING task.id, kind, tenant_id, subject_id, correlation_id, urgency, attempts, epoch, traceparent""";
    private static final String RENEW = """
            UPDATE task SET leased_until = now() + make_interval(secs => $3), progress_done = $4, progress_total = $5
            WHERE id = $1 AND epoch = $2 AND leased_until IS NOT NULL""";
    private static final String POSTPONE = """
            UPDATE task SET leased_until = NULL,
                due_at = CASE WHEN hastened THEN now() ELSE now() + make_interval(secs => $3) END
            WHERE id = $1 AND epoch = $2 AND leased_until IS NOT NULL RETURNING due_at""";
    private static final String PUT_OFF = """
            UPDATE task SET leased_until = NULL, attempts = attempts - 1,
                due_at = CASE WHEN hastened THEN now() ELSE now() + make_interval(secs => ?3) END
            WHERE id = ?1 AND epoch = ?2 AND leased_until IS NOT NULL""";
    private static final String HOLD = "UPDATE task SET leased_until = now() + make_interval(secs => ?3)"
            + " WHERE id = ?1 AND epoch = ?2 AND leased_until IS NOT NULL";
    private static final String COMPLETE =
            "DELETE FROM task WHERE id = ?1 AND epoch = ?2 AND leased_until IS NOT NULL AND NOT hastened";
    private static final String GIVE_BACK = "UPDATE task SET leased_until = NULL, due_at = now(), attempts = 0"
            + " WHERE id = ?1 AND epoch = ?2 AND leased_until IS NOT NULL AND hastened";

    private final Pool pool;
    private final TaskConfig config;

    TaskTable(Pool pool, TaskConfig config) {
        this.pool = pool;
        this.config = config;
    }

    /** Leases due tasks, those that wait longest first. @param room how many of each class */
    Uni<List<Task>> claim(Map<Urgency, Integer> room) {
        return pool.preparedQuery(CLAIM)
                .execute(Tuple.of(
                        seconds(config.lease()),
                        room.keySet().stream().map(Urgency::name).toArray(String[]::new),
                        room.values().toArray(Integer[]::new)))
                .map(rows -> {
                    List<Task> claimed = new ArrayList<>(rows.rowCount());
                    rows.forEach(row -> claimed.add(task(row)));
                    return claimed;
                });
    }

    /** Renews a lease, and keeps how far the work is. @return whether the lease was still held */
    Uni<Boolean> renew(Work work) {
        Work.Progress progress = work.progress();
        return pool.preparedQuery(RENEW)
                .execute(Tuple.of(
                        work.task().id(),
                        work.epoch(),
                        seconds(config.lease()),
                        progress == null ? null : progress.done(),
                        progress == null ? null : progress.total()))
                .map(renewed -> renewed.rowCount() == 1);
    }

    /** Gives a failed task up until later. @return when it is due again; empty if the lease was lost */
    Uni<Optional<Instant>> postpone(Task task, Duration delay) {
        return pool.preparedQuery(POSTPONE)
                .execute(Tuple.of(task.id(), task.epoch(), seconds(delay)))
                .map(rows -> rows.rowCount() == 0
                        ? Optional.empty()
                        : Optional.of(
                                rows.iterator().next().getOffsetDateTime(0).toInstant()));
    }

    /** Gives a task up until later in the caller's transaction, which commits only if the lease is still held. */
    Uni<Void> putOff(Task task, Duration delay) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(PUT_OFF)
                        .setParameter(1, task.id())
                        .setParameter(2, task.epoch())
                        .setParameter(3, seconds(delay))
                        .executeUpdate())
                .invoke(TaskTable::mustBeHeld)
                .replaceWithVoid();
    }

    /** Renews the lease in the caller's transaction, which commits only if it is still held. */
    Uni<Void> hold(Task task) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(HOLD)
                        .setParameter(1, task.id())
                        .setParameter(2, task.epoch())
                        .setParameter(3, seconds(config.lease()))
                        .executeUpdate())
                .invoke(TaskTable::mustBeHeld)
                .replaceWithVoid();
    }

    /**
     * Ends a task in the caller's transaction, which commits only if the lease is still held. A task that was asked for
     * again meanwhile is due at once instead.
     */
    Uni<Void> complete(Task task) {
        return change(COMPLETE, task)
                .flatMap(ended -> ended == 1 ? Uni.createFrom().item(1) : change(GIVE_BACK, task))
                .invoke(TaskTable::mustBeHeld)
                .replaceWithVoid();
    }

    private static Uni<Integer> change(String statement, Task task) {
        return Panache.getSession().flatMap(session -> session.createNativeQuery(statement)
                .setParameter(1, task.id())
                .setParameter(2, task.epoch())
                .executeUpdate());
    }

    private static void mustBeHeld(int rows) {
        if (rows == 0) {
            throw new LeaseLostException();
        }
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1e3;
    }

    private static Task task(Row row) {
        return new Task(
                row.getUUID("id"),
                row.getString("kind"),
                row.getUUID("tenant_id"),
                row.getUUID("subject_id"),
                row.getUUID("correlation_id"),
                Urgency.valueOf(row.getString("urgency")),
                row.getInteger("attempts"),
                row.getLong("epoch"),
                row.getString("traceparent"));
    }
}

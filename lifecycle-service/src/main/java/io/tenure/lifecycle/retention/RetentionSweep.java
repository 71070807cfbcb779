package io.tenure.lifecycle.retention;

import io.smallrye.mutiny.Uni;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.kit.UnitOfWork;
import io.tenure.lifecycle.termination.Blockers;
import io.tenure.lifecycle.termination.Evidence;
import io.tenure.lifecycle.termination.Termination;
import io.tenure.lifecycle.termination.Terminations;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Ends many retentions at once. A sweep claims due timers together with their terminations, skipping what others hold,
 * and does the work in the same transaction, with one statement for each table: a replica that dies in between leaves
 * everything as it was, and because a sweep never waits for a lock, it cannot deadlock with a fact's handler.
 */
@ApplicationScoped
class RetentionSweep {

    private static final String CLAIM = """
            SELECT timer.termination_id, timer.due_at, timer.attempts, timer.traceparent,
                termination.tenant_id, termination.retention_ends_at, termination.notices_required,
                (SELECT count(delivered_at) FROM retention_notice notice
                 WHERE notice.termination_id = timer.termination_id) AS notices_delivered
            FROM retention_timer timer JOIN termination ON termination.id = timer.termination_id
            WHERE timer.due_at <= $1 AND termination.state = 'RETAINED'
            ORDER BY timer.due_at LIMIT $2 FOR UPDATE OF timer, termination SKIP LOCKED""";
    private static final String NOTICES = """
            SELECT id, termination_id, kind, sequence, due_at, delivered_at FROM retention_notice
            WHERE termination_id = ANY($1) ORDER BY kind, sequence""";
    private static final String REMOVE = "DELETE FROM retention_timer WHERE termination_id = ANY($1)";
    private static final String POSTPONE = """
            UPDATE retention_timer timer SET due_at = later.due_at, attempts = later.attempts
            FROM unnest($1::uuid[], $2::timestamptz[], $3::int4[]) AS later (termination_id, due_at, attempts)
            WHERE timer.termination_id = later.termination_id""";

    private final Retention retention;
    private final Terminations terminations;
    private final Clock clock;
    private final Evidence evidence;
    private final Blockers blockers;
    private final UnitOfWork unitOfWork;

    RetentionSweep(
            Retention retention,
            Terminations terminations,
            Clock clock,
            Evidence evidence,
            Blockers blockers,
            UnitOfWork unitOfWork) {
        this.retention = retention;
        this.terminations = terminations;
        this.clock = clock;
        this.evidence = evidence;
        this.blockers = blockers;
        this.unitOfWork = unitOfWork;
    }

    /**
     * One claim with its effects, in one transaction.
     *
     * @param most how many retentions to claim, from the one that is due longest
     * @return how many were claimed
     */
    Uni<Integer> run(int most) {
        return unitOfWork.runSql(connection -> connection
                .preparedQuery(CLAIM)
                .execute(Tuple.of(utc(clock.instant()), most))
                .flatMap(rows -> rows.rowCount() == 0
                        ? Uni.createFrom().item(0)
                        : end(connection, all(rows, RetentionSweep::over)).replaceWith(rows.rowCount())));
    }

    private Uni<Void> end(SqlConnection connection, List<RetentionOver> claimed) {
        Map<Boolean, List<RetentionOver>> proven =
                claimed.stream().collect(Collectors.partitioningBy(RetentionOver::isProven));
        return proven.get(false).isEmpty()
                ? store(connection, claimed)
                : readAgain(connection, proven.get(false))
                        .map(read -> Stream.concat(proven.get(true).stream(), read.stream())
                                .toList())
                        .chain(all -> store(connection, all));
    }

    /**
     * Reads what seems to be missing. The claim counted the notices that were committed when it began, and a handler may
     * have noted the last one before the claim got its lock; now nobody else can.
     */
    private static Uni<List<RetentionOver>> readAgain(SqlConnection connection, List<RetentionOver> unproven) {
        return connection
                .preparedQuery(NOTICES)
                .execute(Tuple.of((Object) ids(unproven)))
                .map(rows -> {
                    Map<UUID, List<RetentionNotice>> notices = all(rows, RetentionSweep::notice).stream()
                            .collect(Collectors.groupingBy(RetentionNotice::terminationId));
                    return unproven.stream()
                            .map(over -> RetentionOver.of(
                                    over.termination(),
                                    over.timer(),
                                    notices.getOrDefault(over.termination().id(), List.of())))
                            .toList();
                });
    }

    /** Decides about each, and stores what was decided: all statements are sent before the first is answered. */
    private Uni<Void> store(SqlConnection connection, List<RetentionOver> claimed) {
        Instant now = clock.instant();
        List<RetentionOver> ended = new ArrayList<>();
        List<RetentionOver> postponed = new ArrayList<>();
        claimed.forEach(over -> (over.end(now) ? ended : postponed).add(over));
        List<Uni<Void>> writes = new ArrayList<>();
        if (!ended.isEmpty()) {
            writes.add(terminations.storeDeletionStarts(
                    connection, ended.stream().map(RetentionOver::termination).toList()));
            writes.add(remove(connection, ended));
            writes.add(blockers.resolveAll(connection, ids(ended)));
            writes.add(evidence.publish(
                    connection, ended.stream().map(retention::deletionStarted).toList()));
        }
        if (!postponed.isEmpty()) {
            writes.add(postpone(connection, postponed));
            writes.add(blockers.raise(
                    connection,
                    postponed.stream()
                            .collect(Collectors.toMap(over -> over.termination().id(), RetentionOver::blocker))));
        }
        return Uni.join().all(writes).andFailFast().replaceWithVoid();
    }

    private static Uni<Void> remove(SqlConnection connection, List<RetentionOver> ended) {
        return connection
                .preparedQuery(REMOVE)
                .execute(Tuple.of((Object) ids(ended)))
                .replaceWithVoid();
    }

    private static Uni<Void> postpone(SqlConnection connection, List<RetentionOver> postponed) {
        return connection
                .preparedQuery(POSTPONE)
                .execute(Tuple.of(
                        ids(postponed),
                        postponed.stream()
                                .map(over -> utc(over.timer().dueAt()))
                                .toArray(OffsetDateTime[]::new),
                        postponed.stream().map(over -> over.timer().attempts()).toArray(Integer[]::new)))
                .replaceWithVoid();
    }

    private static UUID[] ids(List<RetentionOver> over) {
        return over.stream().map(one -> one.termination().id()).toArray(UUID[]::new);
    }

    private static <T> List<T> all(RowSet<Row> rows, Function<Row, T> mapped) {
        List<T> all = new ArrayList<>(rows.rowCount());
        rows.forEach(row -> all.add(mapped.apply(row)));
        return all;
    }

    private static RetentionOver over(Row row) {
        UUID terminationId = row.getUUID("termination_id");
        return new RetentionOver(
                Termination.retained(
                        terminationId,
                        row.getUUID("tenant_id"),
                        row.getOffsetDateTime("retention_ends_at").toInstant(),
                        row.getInteger("notices_required")),
                new RetentionTimer(
                        terminationId,
                        row.getOffsetDateTime("due_at").toInstant(),
                        row.getInteger("attempts"),
                        row.getString("traceparent")),
                row.getInteger("notices_delivered"),
                List.of());
    }

    private static RetentionNotice notice(Row row) {
        OffsetDateTime deliveredAt = row.getOffsetDateTime("delivered_at");
        return new RetentionNotice(
                row.getUUID("id"),
                row.getUUID("termination_id"),
                NoticeKind.valueOf(row.getString("kind")),
                row.getInteger("sequence"),
                row.getOffsetDateTime("due_at").toInstant(),
                deliveredAt == null ? null : deliveredAt.toInstant());
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}

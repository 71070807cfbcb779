package io.tenure.lifecycle.retention;

import io.smallrye.mutiny.Uni;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.kit.Failures;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Ends many retentions at once. A sweep claims due timers together with their terminations, skipping what others hold,
 * and does the work in the same transaction, with one statement for each table: a replica that dies in between leaves
 * everything as it was, and because a sweep never waits for a lock, it cannot deadlock with a fact's handler.
 *
 * <p>A retention that cannot be ended holds up no other: what the termination refuses is postponed with the rule as its
 * blocker, in the same statements; where the database refuses, smaller and smaller claims find the one, which is then
 * postponed likewise.
 */
@ApplicationScoped
class RetentionSweep {

    private static final Logger LOG = Logger.getLogger(RetentionSweep.class);
    private static final String CLAIM = """
            SELECT timer.termination_id, timer.due_at, timer.attempts, timer.traceparent,
                termination.tenant_id, termination.manifest_digest, termination.retention_ends_at, termination.notices_required,
                (SELECT count(*) FROM retention_notice notice
                 WHERE notice.termination_id = timer.termination_id
                    AND delivered_at IS NOT NULL AND (delivered_at <= due_at OR kind <> 'RETENTION_WARNING')) AS in_time
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

    /** A retention that was claimed alone and could not be ended, for no outage's sake. */
    private static final class NotEndedException extends RuntimeException {

        private final UUID terminationId;

        private NotEndedException(UUID terminationId, Throwable cause) {
            super(cause);
            this.terminationId = terminationId;
        }
    }

    /**
     * One claim with its effects, in one transaction; of fewer retentions, where these cannot be ended together.
     *
     * @param most how many retentions to claim, from the one that is due longest
     * @return how many were claimed
     */
    Uni<Integer> run(int most) {
        return unitOfWork
                .runSql(connection -> claim(connection, most).flatMap(claimed -> switch (claimed.size()) {
                    case 0 -> Uni.createFrom().item(0);
                    case 1 -> endAlone(connection, claimed).replaceWith(1);
                    default -> end(connection, claimed).replaceWith(claimed.size());
                }))
                .onFailure(NotEndedException.class)
                .recoverWithUni(failure -> putAside((NotEndedException) failure).replaceWith(1))
                .onFailure(failure -> most > 1 && !Failures.isOutage(failure))
                .recoverWithUni(() -> run(most / 2));
    }

    private Uni<List<RetentionOver>> claim(SqlConnection connection, int most) {
        return connection
                .preparedQuery(CLAIM)
                .execute(Tuple.of(utc(clock.instant()), most))
                .map(rows -> all(rows, RetentionSweep::over));
    }

    private Uni<Void> endAlone(SqlConnection connection, List<RetentionOver> claimed) {
        return end(connection, claimed)
                .onFailure(failure -> !Failures.isOutage(failure))
                .transform(failure ->
                        new NotEndedException(claimed.getFirst().termination().id(), failure));
    }

    /** In a transaction of its own, since the failure ended that of the claim. */
    private Uni<Void> putAside(NotEndedException failure) {
        LOG.errorf(failure.getCause(), "The retention of termination %s cannot be ended", failure.terminationId);
        String reason = "The start of the deletion cannot be stored ("
                + failure.getCause().getClass().getSimpleName() + "); the service's log tells more.";
        return unitOfWork.runSql(connection -> claim(connection, 1).flatMap(claimed -> claimed.stream()
                // Another, where some other replica has put this one aside.
                .filter(over -> over.termination().id().equals(failure.terminationId))
                .findFirst()
                .map(over -> postpone(connection, Map.of(over, over.putAside(clock.instant(), reason))))
                .orElseGet(() -> Uni.createFrom().voidItem())));
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
     * Reads what seems to be missing, or came late. The claim counted the notices that were committed when it began, and a
     * handler may have noted the last one before the claim got its lock; now nobody else can.
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
        Map<RetentionOver, Blockers.Raised> postponed = new LinkedHashMap<>();
        claimed.forEach(
                over -> over.end(now).ifPresentOrElse(blocker -> postponed.put(over, blocker), () -> ended.add(over)));
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
        }
        return Uni.join().all(writes).andFailFast().replaceWithVoid();
    }

    private static Uni<Void> remove(SqlConnection connection, List<RetentionOver> ended) {
        return connection
                .preparedQuery(REMOVE)
                .execute(Tuple.of((Object) ids(ended)))
                .replaceWithVoid();
    }

    private Uni<Void> postpone(SqlConnection connection, Map<RetentionOver, Blockers.Raised> postponed) {
        List<RetentionOver> retentions = List.copyOf(postponed.keySet());
        Uni<RowSet<Row>> later = connection
                .preparedQuery(POSTPONE)
                .execute(Tuple.of(
                        ids(retentions),
                        retentions.stream()
                                .map(over -> utc(over.timer().dueAt()))
                                .toArray(OffsetDateTime[]::new),
                        retentions.stream().map(over -> over.timer().attempts()).toArray(Integer[]::new)));
        Uni<Void> shown = blockers.raise(
                connection,
                postponed.entrySet().stream()
                        .collect(Collectors.toMap(
                                one -> one.getKey().termination().id(), Map.Entry::getValue)));
        return Uni.join().all(later.replaceWithVoid(), shown).andFailFast().replaceWithVoid();
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
        return RetentionOver.inTime(
                Termination.retained(
                        terminationId,
                        row.getUUID("tenant_id"),
                        row.getString("manifest_digest"),
                        row.getOffsetDateTime("retention_ends_at").toInstant(),
                        row.getInteger("notices_required")),
                new RetentionTimer(
                        terminationId,
                        row.getOffsetDateTime("due_at").toInstant(),
                        row.getInteger("attempts"),
                        row.getString("traceparent")),
                row.getInteger("in_time"));
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

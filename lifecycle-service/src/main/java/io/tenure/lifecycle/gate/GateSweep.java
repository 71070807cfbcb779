package io.tenure.lifecycle.gate;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.smallrye.mutiny.Uni;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.kit.Failures;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.tracing.TraceContext;
import io.tenure.lifecycle.evidence.EvidenceLog;
import io.tenure.lifecycle.gate.Candidate.Decision;
import io.tenure.lifecycle.impediment.Impediment;
import io.tenure.lifecycle.impediment.Impediments;
import io.tenure.lifecycle.obligation.Blockers;
import io.tenure.lifecycle.schedule.RetentionNotice;
import io.tenure.lifecycle.termination.Termination;
import io.tenure.lifecycle.termination.Terminations;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The deletion gate, the only place where deletions start (matrix rows P2.1 and P4.4). A sweep claims due timers
 * together with their terminations, skips rows that are locked, and does its work in the same transaction with one
 * statement per table. If a replica dies, nothing has changed. Claiming never waits for a lock, so a sweep cannot
 * deadlock with an event handler.
 *
 * <p>A retention that cannot be ended does not hold up others. If the termination refuses, it is postponed with the
 * rule as its blocker, in the same statements. If the database refuses, the claim is halved until the failing retention
 * is found, and that one is postponed too.
 */
@ApplicationScoped
class GateSweep {

    private static final Logger LOG = Logger.getLogger(GateSweep.class);
    private static final String CLAIM = """
            SELECT timer.termination_id, timer.due_at, timer.attempts, timer.traceparent,
                termination.tenant_id, termination.manifest_digest, termination.retention_ends_at,
                termination.schedule_version, termination.notices_required
            FROM retention_timer timer JOIN termination ON termination.id = timer.termination_id
            WHERE timer.due_at <= present_time() AND termination.state = 'RETAINED'
            ORDER BY timer.due_at LIMIT $1 FOR UPDATE OF timer, termination SKIP LOCKED""";
    private static final String IN_TIME = """
            SELECT termination_id, count(*) AS in_time
            FROM unnest($1::uuid[], $2::int4[]) AS claimed (termination_id, version)
            JOIN retention_notice USING (termination_id, version)
            WHERE delivered_at IS NOT NULL AND (accepted_at <= due_at OR kind = 'RETENTION_STARTED')
            GROUP BY termination_id""";
    private static final String GATE = "SELECT stopped, per_day, present_time() AS now FROM deletion_gate FOR SHARE";
    // The day's default is worked out once, when the first sweep of the day asks.
    private static final String DAY = """
            INSERT INTO deletion_day AS today (day, started, by_default)
            SELECT day, $2, CASE WHEN EXISTS (SELECT FROM deletion_day known WHERE known.day = asked.day) THEN 1
                ELSE greatest($3::int8, (SELECT count(*) FROM tenant) * $4::int8 / 100) END
            FROM (SELECT CAST($1::timestamptz AT TIME ZONE 'UTC' AS date) AS day) AS asked
            ON CONFLICT (day) DO UPDATE SET started = today.started + excluded.started
            RETURNING started, by_default, (
                SELECT coalesce(sum(number), 0) FROM budget_release
                WHERE budget_release.day = today.day AND approved_at IS NOT NULL) AS released""";
    private static final String NOTICES = """
            SELECT id, termination_id, version, kind, sequence, due_at, accepted_at, delivered_at
            FROM unnest($1::uuid[], $2::int4[]) AS claimed (termination_id, version)
            JOIN retention_notice USING (termination_id, version) ORDER BY kind, sequence""";
    private static final String REMOVE = "DELETE FROM retention_timer WHERE termination_id = ANY($1)";
    private static final String POSTPONE = """
            UPDATE retention_timer timer SET due_at = later.due_at, attempts = later.attempts
            FROM unnest($1::uuid[], $2::timestamptz[], $3::int4[]) AS later (termination_id, due_at, attempts)
            WHERE timer.termination_id = later.termination_id""";

    private final Terminations terminations;
    private final EvidenceLog evidence;
    private final Blockers blockers;
    private final Impediments impediments;
    private final BudgetConfig config;
    private final UnitOfWork unitOfWork;
    private final Tracer tracer;

    GateSweep(
            Terminations terminations,
            EvidenceLog evidence,
            Blockers blockers,
            Impediments impediments,
            BudgetConfig config,
            UnitOfWork unitOfWork,
            Tracer tracer) {
        this.terminations = terminations;
        this.evidence = evidence;
        this.blockers = blockers;
        this.impediments = impediments;
        this.config = config;
        if (config.percent() < 0 || config.percent() > 100 || config.atLeast() < 1) {
            throw new IllegalStateException(
                    "tenure.deletion-gate.percent must be 0 to 100 and at-least positive, and are " + config.percent()
                            + " and " + config.atLeast());
        }
        this.unitOfWork = unitOfWork;
        this.tracer = tracer;
    }

    /** The claimed retentions, and the time of the claim by the database's clock. */
    private record Claim(Instant now, boolean stopped, Integer perDay, List<Candidate> candidates) {}

    /** A retention was claimed alone and could not be ended, and the cause is not an outage. */
    private static final class NotEndedException extends RuntimeException {

        private final UUID terminationId;

        private NotEndedException(UUID terminationId, Throwable cause) {
            super(cause);
            this.terminationId = terminationId;
        }
    }

    /**
     * Claims retentions and ends them in one transaction; claims fewer if they cannot be ended together.
     *
     * @param most how many retentions to claim, longest due first
     * @return how many were claimed
     */
    Uni<Integer> run(int most) {
        return unitOfWork
                .runSql(connection -> claim(connection, most).flatMap(claim -> switch (claim.candidates()
                        .size()) {
                    case 0 -> Uni.createFrom().item(0);
                    case 1 -> endAlone(connection, claim).replaceWith(1);
                    default ->
                        end(connection, claim).replaceWith(claim.candidates().size());
                }))
                .onFailure(NotEndedException.class)
                .recoverWithUni(failure -> putAside((NotEndedException) failure).replaceWith(1))
                .onFailure(failure -> most > 1 && !Failures.isOutage(failure))
                .recoverWithUni(() -> run(most / 2));
    }

    /**
     * Also locks the gate, so that it cannot be closed before this transaction ends. Notices are counted, and legal holds
     * looked for, after the locks are taken, because a bounce may have withdrawn a proof just before, or a hold was set.
     */
    private Uni<Claim> claim(SqlConnection connection, int most) {
        return Uni.combine()
                .all()
                .unis(
                        connection.preparedQuery(CLAIM).execute(Tuple.of(most)),
                        connection.preparedQuery(GATE).execute())
                .asTuple()
                .flatMap(both -> candidates(connection, all(both.getItem1(), Function.identity()))
                        .map(candidates -> {
                            Row set = both.getItem2().iterator().next();
                            return new Claim(
                                    set.getOffsetDateTime("now").toInstant(),
                                    set.getBoolean("stopped"),
                                    set.getInteger("per_day"),
                                    candidates);
                        }));
    }

    private Uni<List<Candidate>> candidates(SqlConnection connection, List<Row> claimed) {
        if (claimed.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        UUID[] ids = claimed.stream().map(row -> row.getUUID("termination_id")).toArray(UUID[]::new);
        Integer[] versions =
                claimed.stream().map(row -> row.getInteger("schedule_version")).toArray(Integer[]::new);
        return Uni.combine()
                .all()
                .unis(
                        connection.preparedQuery(IN_TIME).execute(Tuple.of(ids, versions)),
                        impediments.of(connection, ids))
                .with((rows, forbidding) -> {
                    Map<UUID, Integer> inTime = new HashMap<>();
                    rows.forEach(row -> inTime.put(row.getUUID("termination_id"), row.getInteger("in_time")));
                    return claimed.stream()
                            .map(row -> candidate(
                                    row,
                                    inTime.getOrDefault(row.getUUID("termination_id"), 0),
                                    forbidding.getOrDefault(row.getUUID("termination_id"), List.of())))
                            .toList();
                });
    }

    private Uni<Void> endAlone(SqlConnection connection, Claim claim) {
        return end(connection, claim)
                .onFailure(failure -> !Failures.isOutage(failure))
                .transform(failure -> new NotEndedException(
                        claim.candidates().getFirst().termination().id(), failure));
    }

    /** In a new transaction, because the failure ended that of the claim. */
    private Uni<Void> putAside(NotEndedException failure) {
        LOG.errorf(
                failure.getCause(),
                "Termination %s: the retention could not be ended, so it is postponed",
                failure.terminationId);
        String reason = "The start of the deletion cannot be stored ("
                + failure.getCause().getClass().getSimpleName() + "); see the service's log.";
        return unitOfWork.runSql(connection -> claim(connection, 1).flatMap(claim -> claim.candidates().stream()
                // If another replica has postponed it already, this claim gets another one.
                .filter(one -> one.termination().id().equals(failure.terminationId))
                .findFirst()
                .map(one -> postpone(connection, Map.of(one, one.putAside(claim.now(), reason))))
                .orElseGet(() -> Uni.createFrom().voidItem())));
    }

    private Uni<Void> end(SqlConnection connection, Claim claim) {
        Map<Boolean, List<Candidate>> proven =
                claim.candidates().stream().collect(Collectors.partitioningBy(Candidate::isProven));
        Uni<List<Candidate>> all = proven.get(false).isEmpty()
                ? Uni.createFrom().item(claim.candidates())
                : read(connection, proven.get(false))
                        .map(read -> Stream.concat(proven.get(true).stream(), read.stream())
                                .toList());
        return Uni.combine()
                .all()
                .unis(all, gate(connection, claim))
                .asTuple()
                .flatMap(both -> store(connection, claim.now(), both.getItem1(), both.getItem2()));
    }

    /** Also locks the day's count; this is the last statement that may wait for another replica. */
    private Uni<Gate> gate(SqlConnection connection, Claim claim) {
        Instant nextDay = claim.now().truncatedTo(ChronoUnit.DAYS).plus(1, ChronoUnit.DAYS);
        return started(connection, claim.now(), 0).map(day -> {
            int perDay = claim.perDay() == null ? day.getInteger("by_default") : claim.perDay();
            Budget budget = new Budget(perDay, day.getLong("released"), day.getInteger("started"));
            return new Gate(claim.stopped(), budget.left(), nextDay);
        });
    }

    private Uni<Row> started(SqlConnection connection, Instant now, int more) {
        return connection
                .preparedQuery(DAY)
                .execute(Tuple.of(utc(now), more, config.atLeast(), config.percent()))
                .map(rows -> rows.iterator().next());
    }

    /**
     * Reads the notices of candidates that do not have all of them in time, to find what is missing or how long to
     * wait.
     */
    private static Uni<List<Candidate>> read(SqlConnection connection, List<Candidate> unproven) {
        return connection
                .preparedQuery(NOTICES)
                .execute(Tuple.of(
                        ids(unproven),
                        unproven.stream()
                                .map(one -> one.termination().scheduleVersion())
                                .toArray(Integer[]::new)))
                .map(rows -> {
                    Map<UUID, List<RetentionNotice>> notices = all(rows, GateSweep::notice).stream()
                            .collect(Collectors.groupingBy(RetentionNotice::terminationId));
                    return unproven.stream()
                            .map(one -> Candidate.of(
                                    one.termination(),
                                    one.timer(),
                                    notices.getOrDefault(one.termination().id(), List.of()),
                                    one.impediments()))
                            .toList();
                });
    }

    /** Decides on each candidate and stores the decisions. All statements are sent before the first is answered. */
    private Uni<Void> store(SqlConnection connection, Instant now, List<Candidate> candidates, Gate gate) {
        List<Candidate> ended = new ArrayList<>();
        List<Outbox.Encoded> facts = new ArrayList<>();
        Map<Candidate, Blockers.Raised> postponed = new LinkedHashMap<>();
        for (Candidate one : candidates) {
            switch (one.decide(gate, now)) {
                case Decision.Started(DeletionStarted fact) -> {
                    ended.add(one);
                    facts.add(encoded(one, fact));
                }
                case Decision.Postponed(Blockers.Raised blocker) -> postponed.put(one, blocker);
            }
        }
        List<Uni<Void>> writes = new ArrayList<>();
        if (!ended.isEmpty()) {
            writes.add(terminations.storeDeletionStarts(
                    connection, ended.stream().map(Candidate::termination).toList()));
            writes.add(remove(connection, ended));
            writes.add(blockers.resolveAll(connection, ids(ended)));
            writes.add(evidence.publish(connection, facts));
            writes.add(started(connection, now, ended.size()).replaceWithVoid());
        }
        if (!postponed.isEmpty()) {
            writes.add(postpone(connection, postponed));
        }
        return Uni.join().all(writes).andFailFast().replaceWithVoid();
    }

    /** Encoded within the termination's trace. */
    private Outbox.Encoded encoded(Candidate candidate, DeletionStarted fact) {
        Termination termination = candidate.termination();
        Span span = tracer.spanBuilder("retention over")
                .setParent(TraceContext.parse(candidate.timer().traceparent()))
                .startSpan();
        try (Scope restored = span.makeCurrent()) {
            return evidence.encode(termination.tenantId(), termination.id(), termination.path(), fact);
        } finally {
            span.end();
        }
    }

    private static Uni<Void> remove(SqlConnection connection, List<Candidate> ended) {
        return connection
                .preparedQuery(REMOVE)
                .execute(Tuple.of((Object) ids(ended)))
                .replaceWithVoid();
    }

    private Uni<Void> postpone(SqlConnection connection, Map<Candidate, Blockers.Raised> postponed) {
        List<Candidate> retentions = List.copyOf(postponed.keySet());
        Uni<RowSet<Row>> later = connection
                .preparedQuery(POSTPONE)
                .execute(Tuple.of(
                        ids(retentions),
                        retentions.stream().map(one -> utc(one.timer().dueAt())).toArray(OffsetDateTime[]::new),
                        retentions.stream().map(one -> one.timer().attempts()).toArray(Integer[]::new)));
        Uni<Void> shown = blockers.raise(
                connection,
                postponed.entrySet().stream()
                        .collect(Collectors.toMap(
                                one -> one.getKey().termination().id(), Map.Entry::getValue)));
        return Uni.join().all(later.replaceWithVoid(), shown).andFailFast().replaceWithVoid();
    }

    private static UUID[] ids(List<Candidate> over) {
        return over.stream().map(one -> one.termination().id()).toArray(UUID[]::new);
    }

    private static <T> List<T> all(RowSet<Row> rows, Function<Row, T> mapped) {
        List<T> all = new ArrayList<>(rows.rowCount());
        rows.forEach(row -> all.add(mapped.apply(row)));
        return all;
    }

    private static Candidate candidate(Row row, int inTime, List<Impediment> impediments) {
        UUID terminationId = row.getUUID("termination_id");
        return Candidate.inTime(
                Termination.retained(
                        terminationId,
                        row.getUUID("tenant_id"),
                        row.getString("manifest_digest"),
                        row.getOffsetDateTime("retention_ends_at").toInstant(),
                        row.getInteger("schedule_version"),
                        row.getInteger("notices_required")),
                new RetentionTimer(
                        terminationId,
                        row.getOffsetDateTime("due_at").toInstant(),
                        row.getInteger("attempts"),
                        row.getString("traceparent")),
                inTime,
                impediments);
    }

    private static RetentionNotice notice(Row row) {
        return new RetentionNotice(
                row.getUUID("id"),
                row.getUUID("termination_id"),
                row.getInteger("version"),
                NoticeKind.valueOf(row.getString("kind")),
                row.getInteger("sequence"),
                instant(row, "due_at"),
                instant(row, "accepted_at"),
                instant(row, "delivered_at"));
    }

    private static Instant instant(Row row, String column) {
        OffsetDateTime at = row.getOffsetDateTime(column);
        return at == null ? null : at.toInstant();
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}

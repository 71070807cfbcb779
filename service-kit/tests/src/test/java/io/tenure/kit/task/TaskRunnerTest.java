package io.tenure.kit.task;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.VertxContextSupport;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.tenure.kit.Ids;
import io.tenure.kit.KitTest;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.tracing.TraceContext;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@KitTest
class TaskRunnerTest {

    private final UUID subject = Ids.next();

    @Inject
    Tasks tasks;

    @Inject
    SampleReconciliation sample;

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    Pool pool;

    @Inject
    Vertx vertx;

    @Inject
    Tracer tracer;

    @Inject
    MeterRegistry metrics;

    @Inject
    TaskConfig config;

    @Inject
    TaskTable table;

    @Inject
    Attempts attempts;

    @Inject
    TaskRunner runner;

    @Test
    void aCommitWakesTheRunner() {
        TaskRunner unpolled = replica(polledOnceADay());
        Tasks waking = new Tasks(unitOfWork, unpolled);
        runner.stop(null);
        unpolled.start(new StartupEvent());
        try {
            inUnitOfWork(() -> waking.request(now(subject, Urgency.NORMAL)));
            awaitClosed(subject);
        } finally {
            unpolled.stop(null);
            runner.start(new StartupEvent());
        }
        assertEquals(1, sample.runs.get(subject).size());
    }

    @Test
    void whatIsAskedForTwiceIsDoneOnce() {
        inUnitOfWork(() -> tasks.request(now(subject, Urgency.NORMAL))
                .chain(() -> tasks.request(now(subject, Urgency.NORMAL).after(Duration.ofDays(1)))));

        awaitClosed(subject);
        assertEquals(1, sample.runs.get(subject).size());
        assertEquals(List.of("done"), sample.settled.get(subject));
    }

    @Test
    void manyAreAskedForAtOnce() {
        List<UUID> subjects = subjects(40);
        inUnitOfWork(() -> tasks.request(
                subjects.stream().map(one -> now(one, Urgency.BACKGROUND)).toList()));

        subjects.forEach(this::awaitClosed);
        subjects.forEach(one -> assertEquals(1, sample.runs.get(one).size()));
    }

    @Test
    void triesAFailedTaskAgain() {
        sample.acts.put(
                subject,
                work -> work.task().attempts() < 4
                        ? Uni.createFrom().failure(new IllegalStateException("not yet"))
                        : Uni.createFrom().item("done"));
        request(subject);

        awaitClosed(subject);
        assertEquals(
                List.of(1, 2, 3, 4),
                sample.runs.get(subject).stream().map(Task::attempts).toList());
        assertEquals(3, sample.failures.get(subject).size());
    }

    @Test
    void anObstacleIsCommittedAndCountsAsAFailedAttempt() {
        AtomicInteger looks = new AtomicInteger();
        sample.settles.put(subject, () -> Uni.createFrom()
                .item(
                        looks.incrementAndGet() == 1
                                ? Step.obstructed(new IllegalStateException("in the way"))
                                : Step.done()));
        request(subject);

        awaitClosed(subject);
        assertEquals(List.of("done", "done"), sample.settled.get(subject));
        assertEquals(
                "in the way", sample.failures.get(subject).getFirst().failure().getMessage());
    }

    @Test
    void whatIsTooEarlyIsLookedAtLaterWithoutAFailure() {
        AtomicInteger looks = new AtomicInteger();
        sample.settles.put(subject, () -> Uni.createFrom()
                .item(looks.incrementAndGet() < 3 ? Step.later(Duration.ofMillis(20)) : Step.done()));
        request(subject);

        awaitClosed(subject);
        assertEquals(3, sample.settled.get(subject).size());
        assertEquals(
                List.of(1, 1, 1),
                sample.runs.get(subject).stream().map(Task::attempts).toList());
        assertNull(sample.failures.get(subject));
    }

    @Test
    void whatIsAskedForWhileItIsPutOffIsDueAtOnce() {
        AtomicInteger looks = new AtomicInteger();
        sample.settles.put(
                subject,
                () -> looks.incrementAndGet() == 1
                        ? tasks.request(now(subject, Urgency.NORMAL)).replaceWith(Step.later(Duration.ofDays(1)))
                        : Uni.createFrom().item(Step.done()));
        request(subject);

        awaitClosed(subject);
        assertEquals(2, sample.runs.get(subject).size());
    }

    @Test
    void twoReplicasShareTheTasks() {
        TaskRunner other = replica(config);
        other.start(new StartupEvent());
        List<UUID> subjects = subjects(60);
        subjects.forEach(this::request);

        subjects.forEach(this::awaitClosed);
        subjects.forEach(one -> assertEquals(1, sample.runs.get(one).size()));
        other.stop(null);
    }

    @Test
    void aTaskThatRunsLongerThanItsLeaseIsRenewed() {
        sample.acts.put(subject, work -> later(config.lease().multipliedBy(2)));
        request(subject);

        await().until(() -> sample.runs.containsKey(subject));
        awaitClosed(subject);
        assertEquals(1, sample.runs.get(subject).size());
    }

    @Test
    void renewalsDoNotPileUpBehindALock() {
        List<Long> waiting = new CopyOnWriteArrayList<>();
        // Released after a lease, so the second attempt is right; the first holds the row that the renewal needs.
        sample.acts.put(
                subject,
                work -> work.task().attempts() > 1
                        ? Uni.createFrom().item("done")
                        : pool.withTransaction(connection -> connection
                                .preparedQuery("SELECT FROM task WHERE id = $1 FOR UPDATE")
                                .execute(Tuple.of(work.task().id()))
                                .onItem()
                                .delayIt()
                                .by(config.lease().multipliedBy(9).dividedBy(10))
                                .chain(() -> connection
                                        .query("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                                + " AND query LIKE 'UPDATE task SET leased_until%'")
                                        .execute())
                                .invoke(rows ->
                                        waiting.add(rows.iterator().next().getLong(0)))
                                .replaceWith("done")));
        request(subject);

        awaitClosed(subject);
        assertEquals(List.of(1L), waiting);
    }

    @Test
    void aDeadReplicasTaskIsTakenOver() {
        // As a replica leaves it that was killed in the middle of its work.
        execute(
                "INSERT INTO task (id, kind, tenant_id, subject_id, urgency, due_at, attempts, epoch, leased_until)"
                        + " VALUES ($1, $2, $3, $4, 'NORMAL', now(), 1, nextval('task_epoch'),"
                        + " now() + interval '1 second')",
                Ids.next(),
                SampleReconciliation.KIND,
                Ids.next(),
                subject);

        awaitClosed(subject);
        assertEquals(2, sample.runs.get(subject).getFirst().attempts());
    }

    /** As after a sleep of the whole process: the other one works by then. */
    @Test
    void aReplicaThatLostItsLeaseCannotCommitAndItsWorkEnds() {
        CountDownLatch stolen = new CountDownLatch(1);
        List<String> afterwards = new CopyOnWriteArrayList<>();
        AtomicInteger cancelled = new AtomicInteger();
        sample.acts.put(subject, work -> {
            if (work.task().attempts() > 1) {
                return Uni.createFrom().item("second");
            }
            return Uni.createFrom()
                    .emitter(never -> never.onTermination(() -> {
                        cancelled.incrementAndGet();
                        try {
                            work.mustHold();
                            afterwards.add("still held");
                        } catch (LeaseLostException lost) {
                            afterwards.add("lost");
                        }
                        stolen.countDown();
                    }))
                    .replaceWith("first");
        });
        request(subject);
        await().until(() -> sample.runs.containsKey(subject));
        execute(
                "UPDATE task SET epoch = nextval('task_epoch'), leased_until = now() - interval '1 second'"
                        + " WHERE subject_id = $1",
                subject);

        awaitClosed(subject);
        await().until(() -> stolen.getCount() == 0);
        assertEquals(1, cancelled.get());
        assertEquals(List.of("lost"), afterwards);
        assertEquals(List.of("second"), sample.settled.get(subject));
        assertNull(sample.failures.get(subject));
    }

    @Test
    void aLaterWorkerHasTheHigherEpoch() {
        sample.acts.put(
                subject,
                work -> work.task().attempts() < 3
                        ? Uni.createFrom().failure(new IllegalStateException("not yet"))
                        : Uni.createFrom().item("done"));
        request(subject);

        awaitClosed(subject);
        List<Long> epochs =
                sample.runs.get(subject).stream().map(Task::epoch).distinct().toList();
        assertEquals(3, epochs.size());
        assertEquals(epochs.stream().sorted().toList(), epochs);
    }

    @Test
    void whatHangsIsGivenUpAndTold() {
        sample.acts.put(
                subject,
                work -> work.task().attempts() > 1
                        ? Uni.createFrom().item("done")
                        : Uni.createFrom().nothing());
        request(subject);

        awaitClosed(subject);
        assertInstanceOf(
                StalledException.class, sample.failures.get(subject).getFirst().failure());
    }

    @Test
    void whatGoesOnMayTakeLongerThanItsDeadline() {
        AtomicInteger ticks = new AtomicInteger();
        sample.acts.put(subject, work -> Uni.createFrom()
                .item(() -> {
                    work.progressed(ticks.incrementAndGet(), 10);
                    return "done";
                })
                .onItem()
                .delayIt()
                .by(SampleReconciliation.DEADLINE.dividedBy(4))
                .repeat()
                .until(done -> ticks.get() == 6)
                .collect()
                .last());
        request(subject);

        await().until(() -> row("SELECT progress_done, progress_total FROM task WHERE subject_id = $1", subject)
                .map(row -> row.getLong(0) != null && row.getLong(1) == 10)
                .findFirst()
                .orElse(false));
        awaitClosed(subject);
        assertNull(sample.failures.get(subject));
    }

    /** Hangs as many as there is room for; their deadline is long enough that they would hold everything up. */
    @Test
    void wipesThatHangDelayNoDisablement() {
        List<UUID> wipes = subjects(config.room().background() + 5);
        CountDownLatch hold = new CountDownLatch(1);
        wipes.forEach(wipe -> sample.acts.put(wipe, work -> Uni.createFrom()
                .item(() -> {
                    while (hold.getCount() > 0 && work.isHeld()) {
                        work.progressed(1, 2);
                        LockSupport.parkNanos(5_000_000);
                    }
                    return "wiped";
                })
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())));
        inUnitOfWork(() -> tasks.request(
                wipes.stream().map(wipe -> now(wipe, Urgency.BACKGROUND)).toList()));
        await().until(() -> wipes.stream().filter(sample.runs::containsKey).count()
                == config.room().background());

        inUnitOfWork(() -> tasks.request(now(subject, Urgency.URGENT)));
        awaitClosed(subject);
        assertEquals(
                config.room().background(),
                wipes.stream().filter(sample.runs::containsKey).count());
        hold.countDown();
        wipes.forEach(this::awaitClosed);
    }

    @Test
    void aTaskInBackoffIsHastened() {
        execute(
                "INSERT INTO task (id, kind, tenant_id, subject_id, urgency, due_at, attempts)"
                        + " VALUES ($1, $2, $3, $4, 'BACKGROUND', now() + interval '5 minutes', 9)",
                Ids.next(),
                SampleReconciliation.KIND,
                Ids.next(),
                subject);

        inUnitOfWork(() -> tasks.request(now(subject, Urgency.URGENT)));
        awaitClosed(subject);
        assertEquals(Urgency.URGENT, sample.runs.get(subject).getFirst().urgency());
    }

    @Test
    void whatIsAskedForWhileTheAttemptFailsIsDueAtOnce() {
        sample.acts.put(
                subject,
                work -> work.task().attempts() > 1
                        ? Uni.createFrom().item("done")
                        : Uni.createFrom()
                                .<String>item(() -> {
                                    inUnitOfWork(() -> tasks.request(now(subject, Urgency.URGENT)));
                                    throw new IllegalStateException("the order cannot be carried out");
                                })
                                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool()));
        request(subject);

        awaitClosed(subject);
        SampleReconciliation.Failed failed = sample.failures.get(subject).getFirst();
        assertFalse(failed.nextRetryAt().isAfter(failed.toldAt()));
    }

    @Test
    void whatIsAskedForWhileTheTaskRunsIsLookedAtOnceMore() {
        AtomicInteger looks = new AtomicInteger();
        sample.settles.put(
                subject,
                () -> looks.incrementAndGet() == 1
                        ? tasks.request(now(subject, Urgency.NORMAL)).replaceWith(Step.done())
                        : Uni.createFrom().item(Step.done()));
        request(subject);

        awaitClosed(subject);
        assertEquals(2, sample.runs.get(subject).size());
    }

    /** The mail has left, and the database fails over: it must not leave twice. */
    @Test
    void aResultOutlivesAnOutage() {
        AtomicInteger acts = new AtomicInteger();
        AtomicInteger commits = new AtomicInteger();
        sample.acts.put(subject, work -> {
            acts.incrementAndGet();
            return Uni.createFrom().item("sent");
        });
        sample.settles.put(
                subject,
                () -> commits.incrementAndGet() > 3
                        ? Uni.createFrom().item(Step.done())
                        : Panache.getSession()
                                .flatMap(session -> session.createNativeQuery(
                                                "SELECT CAST(fail_with('53100') AS text)", String.class)
                                        .getSingleResult())
                                .replaceWith(Step.done()));
        request(subject);

        awaitClosed(subject);
        assertEquals(1, acts.get());
        assertEquals(4, commits.get());
    }

    @Test
    void carriesTheTraceThrough() {
        Span cause = tracer.spanBuilder("cause").startSpan();
        List<String> seen = new CopyOnWriteArrayList<>();
        sample.acts.put(subject, work -> {
            seen.add(TraceContext.current());
            return Uni.createFrom().item("done");
        });
        inUnitOfWork(() -> {
            try (var scope = cause.makeCurrent()) {
                return tasks.request(now(subject, Urgency.NORMAL));
            }
        });
        cause.end();

        awaitClosed(subject);
        assertTrue(seen.getFirst().contains(cause.getSpanContext().getTraceId()));
    }

    @Test
    void aTaskThatIsCancelledCommitsNothing() {
        sample.acts.put(subject, work -> later(config.lease()));
        request(subject);
        await().until(() -> sample.runs.containsKey(subject));

        inUnitOfWork(() -> tasks.cancel(SampleReconciliation.KIND, subject));
        await().until(() -> runningNormal() == 0);
        assertFalse(sample.settled.containsKey(subject));
    }

    private double runningNormal() {
        return metrics.get("tenure.tasks.running")
                .tag("urgency", "NORMAL")
                .gauge()
                .value();
    }

    private TaskRunner replica(TaskConfig with) {
        return new TaskRunner(List.of(sample), table, attempts, vertx, metrics, with);
    }

    private TaskConfig polledOnceADay() {
        return new TaskConfig() {
            @Override
            public Duration lease() {
                return config.lease();
            }

            @Override
            public Room room() {
                return config.room();
            }

            @Override
            public Duration pollInterval() {
                return Duration.ofDays(1);
            }

            @Override
            public Backoff backoff() {
                return config.backoff();
            }
        };
    }

    private static Uni<String> later(Duration delay) {
        return Uni.createFrom().item("done").onItem().delayIt().by(delay);
    }

    private static List<UUID> subjects(int count) {
        return Stream.generate(Ids::next).limit(count).toList();
    }

    private static TaskRequest now(UUID one, Urgency urgency) {
        return TaskRequest.now(SampleReconciliation.KIND, Ids.next(), one, null, urgency);
    }

    private void request(UUID one) {
        inUnitOfWork(() -> tasks.request(now(one, Urgency.NORMAL)));
    }

    private void inUnitOfWork(Supplier<Uni<Void>> work) {
        try {
            VertxContextSupport.subscribeAndAwait(() -> unitOfWork.run(work));
        } catch (Throwable failure) {
            throw new AssertionError(failure);
        }
    }

    private void awaitClosed(UUID one) {
        await().until(() ->
                row("SELECT FROM task WHERE subject_id = $1", one).findAny().isEmpty());
    }

    private Stream<Row> row(String sql, Object... parameters) {
        List<Row> rows = new ArrayList<>();
        pool.preparedQuery(sql)
                .execute(Tuple.from(List.of(parameters)))
                .await()
                .indefinitely()
                .forEach(rows::add);
        return rows.stream();
    }

    private void execute(String sql, Object... parameters) {
        pool.preparedQuery(sql).execute(Tuple.from(List.of(parameters))).await().indefinitely();
    }
}

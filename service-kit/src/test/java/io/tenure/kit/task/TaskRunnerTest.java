package io.tenure.kit.task;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.VertxContextSupport;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.Ids;
import io.tenure.kit.KitTest;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.tracing.TraceContext;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@KitTest
class TaskRunnerTest {

    private final UUID subject = Ids.next();

    @Inject
    Tasks tasks;

    @Inject
    SampleTaskHandler handler;

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
    Clock clock;

    @Inject
    TaskConfig config;

    @Inject
    TaskRunner runner;

    @Test
    void aCommitWakesTheRunner() throws Throwable {
        TaskRunner unpolled =
                new TaskRunner(List.of(handler), unitOfWork, pool, vertx, tracer, metrics, clock, polledOnceADay());
        Tasks waking = new Tasks(unitOfWork, unpolled);
        runner.stop(null);
        unpolled.start(new StartupEvent());
        try {
            VertxContextSupport.subscribeAndAwait(() -> unitOfWork.run(
                    () -> waking.schedule(SampleTaskHandler.KIND, Ids.next(), subject, null, clock.instant())));
            await().until(() -> open(subject) == 0);
        } finally {
            unpolled.stop(null);
            runner.start(new StartupEvent());
        }
        assertEquals(1, handler.runs.get(subject).size());
    }

    private TaskConfig polledOnceADay() {
        return new TaskConfig() {
            @Override
            public Duration lease() {
                return config.lease();
            }

            @Override
            public int concurrency() {
                return config.concurrency();
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

    @Test
    void runsATaskOnce() throws Throwable {
        VertxContextSupport.subscribeAndAwait(() -> unitOfWork.run(() -> tasks.schedule(
                        SampleTaskHandler.KIND, Ids.next(), subject, null, clock.instant())
                .chain(() -> tasks.schedule(SampleTaskHandler.KIND, Ids.next(), subject, null, clock.instant()))));

        await().until(() -> open(subject) == 0);
        assertEquals(1, handler.runs.get(subject).size());
    }

    @Test
    void triesAFailedTaskAgain() {
        handler.behaviours.put(
                subject,
                task -> task.attempts() < 4
                        ? Uni.createFrom().failure(new IllegalStateException("not yet"))
                        : Uni.createFrom().voidItem());
        schedule(subject);

        await().until(() -> open(subject) == 0);
        assertEquals(
                List.of(1, 2, 3, 4),
                handler.runs.get(subject).stream().map(Task::attempts).toList());
        assertEquals(3, handler.retries.get(subject).size());
    }

    @Test
    void twoReplicasShareTheTasks() {
        TaskRunner other = new TaskRunner(List.of(handler), unitOfWork, pool, vertx, tracer, metrics, clock, config);
        other.start(new StartupEvent());
        List<UUID> subjects = Stream.generate(Ids::next).limit(60).toList();
        subjects.forEach(this::schedule);

        await().until(() -> subjects.stream().allMatch(one -> open(one) == 0));
        subjects.forEach(one -> assertEquals(1, handler.runs.get(one).size()));
        other.stop(null);
    }

    @Test
    void aTaskThatRunsLongerThanItsLeaseIsRenewed() {
        handler.behaviours.put(subject, task -> Uni.createFrom()
                .voidItem()
                .onItem()
                .delayIt()
                .by(config.lease().multipliedBy(2)));
        schedule(subject);

        await().until(() -> handler.runs.containsKey(subject) && open(subject) == 0);
        assertEquals(1, handler.runs.get(subject).size());
    }

    @Test
    void renewalsDoNotPileUpBehindALock() {
        List<Long> waiting = new CopyOnWriteArrayList<>();
        handler.behaviours.put(
                subject,
                task -> pool.withTransaction(connection -> connection
                        .preparedQuery("SELECT FROM task WHERE id = $1 FOR UPDATE")
                        .execute(Tuple.of(task.id()))
                        .onItem()
                        .delayIt()
                        .by(config.lease().multipliedBy(2))
                        .chain(() -> connection
                                .query("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                        + " AND query LIKE 'UPDATE task SET leased_until%'")
                                .execute())
                        .invoke(rows -> waiting.add(rows.iterator().next().getLong(0)))
                        .replaceWithVoid()));
        schedule(subject);

        await().until(() -> open(subject) == 0);
        assertEquals(List.of(1L), waiting);
    }

    @Test
    void aDeadReplicasTaskIsTakenOver() {
        // As a replica leaves it that was killed in the middle of its work.
        pool.preparedQuery("INSERT INTO task (id, kind, tenant_id, subject_id, due_at, attempts, lease, leased_until)"
                        + " VALUES ($1, $2, $3, $4, now(), 1, $5, now() + interval '1 second')")
                .execute(Tuple.of(Ids.next(), SampleTaskHandler.KIND, Ids.next(), subject, Ids.next()))
                .await()
                .indefinitely();

        await().until(() -> open(subject) == 0);
        assertEquals(2, handler.runs.get(subject).getFirst().attempts());
    }

    @Test
    void aReplicaThatLostItsLeaseCannotCommit() {
        UUID thief = Ids.next();
        handler.behaviours.put(
                subject,
                task -> task.attempts() > 1
                        ? Uni.createFrom().voidItem()
                        : pool.preparedQuery("UPDATE task SET lease = $1, leased_until = now() WHERE id = $2")
                                .execute(Tuple.of(thief, task.id()))
                                .replaceWithVoid());
        schedule(subject);

        await().until(() -> open(subject) == 0);
        assertEquals(2, handler.runs.get(subject).size());
    }

    @Test
    void carriesTheTraceThrough() throws Throwable {
        Span cause = tracer.spanBuilder("cause").startSpan();
        List<String> seen = new CopyOnWriteArrayList<>();
        handler.behaviours.put(subject, task -> {
            seen.add(TraceContext.current());
            return Uni.createFrom().voidItem();
        });
        VertxContextSupport.subscribeAndAwait(() -> unitOfWork.run(() -> {
            try (var scope = cause.makeCurrent()) {
                return tasks.schedule(SampleTaskHandler.KIND, Ids.next(), subject, null, clock.instant());
            }
        }));
        cause.end();

        await().until(() -> open(subject) == 0);
        assertTrue(seen.getFirst().contains(cause.getSpanContext().getTraceId()));
    }

    private void schedule(UUID one) {
        try {
            VertxContextSupport.subscribeAndAwait(() -> unitOfWork.run(
                    () -> tasks.schedule(SampleTaskHandler.KIND, Ids.next(), one, null, clock.instant())));
        } catch (Throwable failure) {
            throw new AssertionError(failure);
        }
    }

    private long open(UUID one) {
        return pool.preparedQuery("SELECT count(*) FROM task WHERE subject_id = $1")
                .execute(Tuple.of(one))
                .await()
                .indefinitely()
                .iterator()
                .next()
                .getLong(0);
    }
}

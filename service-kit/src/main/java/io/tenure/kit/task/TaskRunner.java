package io.tenure.kit.task;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.quarkus.arc.All;
import io.quarkus.opentelemetry.runtime.QuarkusContextStorage;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.Failures;
import io.tenure.kit.Ids;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.tracing.TraceContext;
import io.vertx.core.Context;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Runs due tasks, whichever replica comes first. A claim is one statement ({@code FOR UPDATE SKIP LOCKED}) that leases the
 * tasks; the lease is renewed while a task runs, so that a replica that dies gives its tasks up after
 * {@code tenure.tasks.lease}. A failed task is tried again after a delay that doubles each time.
 *
 * <p>A claim follows each commit of this process that scheduled a task, each end of a task, and every
 * {@code tenure.tasks.poll-interval} otherwise.
 */
@ApplicationScoped
public class TaskRunner {

    private static final Logger LOG = Logger.getLogger(TaskRunner.class);

    private static final String CLAIM = """
            UPDATE task SET lease = $1, leased_until = $2, attempts = attempts + 1
            WHERE id IN (
                SELECT id FROM task WHERE due_at <= $3 AND (leased_until IS NULL OR leased_until < $3)
                ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED)
            RETURNING id, kind, tenant_id, subject_id, correlation_id, attempts, lease, traceparent""";
    private static final String RENEW = "UPDATE task SET leased_until = $2 WHERE id = $1 AND lease = $3";
    private static final String POSTPONE =
            "UPDATE task SET lease = NULL, leased_until = NULL, due_at = $2 WHERE id = $1 AND lease = $3";

    private final Map<String, TaskHandler> handlers;
    private final UnitOfWork unitOfWork;
    private final Pool pool;
    private final Vertx vertx;
    private final Tracer tracer;
    private final MeterRegistry metrics;
    private final Clock clock;
    private final TaskConfig config;
    private final AtomicInteger running = new AtomicInteger();
    private boolean claiming;
    private boolean again;
    private volatile boolean open;
    private volatile Context context;
    private volatile long timer;

    TaskRunner(
            @All List<TaskHandler> handlers,
            UnitOfWork unitOfWork,
            Pool pool,
            Vertx vertx,
            Tracer tracer,
            MeterRegistry metrics,
            Clock clock,
            TaskConfig config) {
        this.handlers = handlers.stream().collect(Collectors.toMap(TaskHandler::kind, Function.identity()));
        this.unitOfWork = unitOfWork;
        this.pool = pool;
        this.vertx = vertx;
        this.tracer = tracer;
        this.metrics = metrics;
        this.clock = clock;
        this.config = config;
    }

    void start(@Observes StartupEvent event) {
        if (!handlers.isEmpty()) {
            open = true;
            context = vertx.getDelegate().getOrCreateContext();
            timer = vertx.setPeriodic(config.pollInterval().toMillis(), tick -> wake());
        }
    }

    void stop(@Observes ShutdownEvent event) {
        open = false;
        vertx.cancelTimer(timer);
    }

    /** Asks for a claim soon; called after a commit that scheduled a task. Returns at once. */
    public void wake() {
        if (open) {
            context.runOnContext(run -> claim());
        }
    }

    /** Claims as many due tasks as there is room for. Runs on {@link #context} only, so one claim at a time. */
    private void claim() {
        int room = config.concurrency() - running.get();
        if (!open || room <= 0) {
            return;
        }
        if (claiming) {
            again = true;
            return;
        }
        claiming = true;
        again = false;
        Instant now = clock.instant();
        pool.preparedQuery(CLAIM)
                .execute(Tuple.of(Ids.next(), utc(now.plus(config.lease())), utc(now), room))
                .subscribe()
                .with(
                        claimed -> context.runOnContext(run -> {
                            claiming = false;
                            claimed.forEach(row -> start(task(row)));
                            if (again || claimed.rowCount() == room) {
                                claim();
                            }
                        }),
                        failure -> context.runOnContext(run -> {
                            claiming = false;
                            LOG.warnf(
                                    "Tasks cannot be claimed: %s",
                                    failure.getClass().getName());
                        }));
    }

    private void start(Task task) {
        running.incrementAndGet();
        AtomicBoolean renewing = new AtomicBoolean();
        long renewal = vertx.setPeriodic(config.lease().toMillis() / 3, tick -> renew(task, renewing));
        // Each task has a context of its own, for its sessions and its place in the trace.
        Context own = VertxContext.createNewDuplicatedContext(context);
        VertxContextSafetyToggle.setContextSafe(own, true);
        own.runOnContext(run -> {
            Span span = tracer.spanBuilder("task " + task.kind())
                    .setParent(TraceContext.parse(task.traceparent()))
                    .setAttribute("tenure.task.attempt", task.attempts())
                    .startSpan();
            QuarkusContextStorage.INSTANCE.attach(
                    own, io.opentelemetry.context.Context.root().with(span));
            if (task.correlationId() != null) {
                MDC.put("correlationId", task.correlationId().toString());
            }
            Uni.createFrom()
                    .deferred(() -> handler(task).run(task))
                    .onFailure()
                    .call(failure -> {
                        span.setStatus(StatusCode.ERROR, failure.getClass().getSimpleName());
                        return postpone(task, failure).emitOn(next -> own.runOnContext(go -> next.run()));
                    })
                    .onTermination()
                    .invoke(() -> {
                        vertx.cancelTimer(renewal);
                        span.end();
                        running.decrementAndGet();
                        wake();
                    })
                    .subscribe()
                    .with(
                            done -> metrics.counter("tenure.tasks", "kind", task.kind(), "outcome", "done")
                                    .increment(),
                            failure -> metrics.counter("tenure.tasks", "kind", task.kind(), "outcome", "failed")
                                    .increment());
        });
    }

    private TaskHandler handler(Task task) {
        TaskHandler handler = handlers.get(task.kind());
        if (handler == null) {
            throw new IllegalStateException("No handler for tasks of kind " + task.kind());
        }
        return handler;
    }

    /** One renewal at a time: behind a lock that is held long, more of them would take every connection of the pool. */
    private void renew(Task task, AtomicBoolean renewing) {
        if (!renewing.compareAndSet(false, true)) {
            return;
        }
        pool.preparedQuery(RENEW)
                .execute(Tuple.of(task.id(), utc(clock.instant().plus(config.lease())), task.lease()))
                .onTermination()
                .invoke(() -> renewing.set(false))
                .subscribe()
                .with(
                        renewed -> {},
                        failure -> LOG.warnf(
                                "A lease cannot be renewed: %s",
                                failure.getClass().getName()));
    }

    private Uni<Void> postpone(Task task, Throwable failure) {
        if (failure instanceof Tasks.LeaseLostException) {
            return Uni.createFrom().voidItem();
        }
        Instant next = clock.instant().plus(delay(task.attempts()));
        LOG.warnf(
                Failures.isOutage(failure) ? null : failure,
                "Task %s for %s failed at attempt %d: %s",
                task.kind(),
                task.subjectId(),
                task.attempts(),
                failure.getClass().getName());
        Context own = io.vertx.core.Vertx.currentContext();
        return pool.preparedQuery(POSTPONE)
                .execute(Tuple.of(task.id(), utc(next), task.lease()))
                .emitOn(go -> own.runOnContext(run -> go.run()))
                .chain(() -> unitOfWork.run(() -> handler(task).failed(task, failure, next)))
                .onFailure()
                .recoverWithNull();
    }

    private Duration delay(int attempts) {
        Duration doubled = config.backoff().first().multipliedBy(1L << Math.min(attempts - 1, 20));
        return doubled.compareTo(config.backoff().most()) < 0
                ? doubled
                : config.backoff().most();
    }

    private static Task task(Row row) {
        return new Task(
                row.getUUID("id"),
                row.getString("kind"),
                row.getUUID("tenant_id"),
                row.getUUID("subject_id"),
                row.getUUID("correlation_id"),
                row.getInteger("attempts"),
                row.getUUID("lease"),
                row.getString("traceparent"));
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}

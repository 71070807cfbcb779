package io.tenure.kit.task;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.quarkus.opentelemetry.runtime.QuarkusContextStorage;
import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.Failures;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.tracing.TraceContext;
import io.vertx.core.Context;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/** One attempt at a task, from its plan to its end: in transactions, in its place in the trace, and under its lease. */
@ApplicationScoped
class Attempts {

    private static final Logger LOG = Logger.getLogger(Attempts.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    // A server that never answers must not keep the lease for ever.
    private static final Duration LONGEST_TRANSACTION = Duration.ofMinutes(1);

    private final TaskTable table;
    private final Watch watch;
    private final UnitOfWork unitOfWork;
    private final Tracer tracer;
    private final MeterRegistry metrics;
    private final TaskConfig config;

    Attempts(
            TaskTable table,
            Watch watch,
            UnitOfWork unitOfWork,
            Tracer tracer,
            MeterRegistry metrics,
            TaskConfig config) {
        this.table = table;
        this.watch = watch;
        this.unitOfWork = unitOfWork;
        this.tracer = tracer;
        this.metrics = metrics;
        this.config = config;
    }

    /**
     * Works on a task that was just claimed.
     *
     * @param parent an event loop's context
     * @return completes when the attempt is over, however it ended; never fails
     */
    Uni<Void> run(Context parent, Work work, Function<String, Reconciliation<?, ?>> reconciliations) {
        Task task = work.task();
        // Each task has a context of its own, for its sessions and its place in the trace.
        Context own = VertxContext.createNewDuplicatedContext(parent);
        VertxContextSafetyToggle.setContextSafe(own, true);
        Span span = tracer.spanBuilder("task " + task.kind())
                .setParent(TraceContext.parse(task.traceparent()))
                .setAttribute("tenure.task.attempt", task.attempts())
                .startSpan();
        Uni<Void> attempt = Uni.createFrom()
                .deferred(() -> {
                    QuarkusContextStorage.INSTANCE.attach(
                            own, io.opentelemetry.context.Context.root().with(span));
                    if (task.correlationId() != null) {
                        MDC.put("correlationId", task.correlationId().toString());
                    }
                    return new Attempt<>(own, work, reconciliations.apply(task.kind())).run();
                })
                .runSubscriptionOn(begin -> own.runOnContext(run -> begin.run()))
                .invoke(outcome -> count(task, outcome))
                .replaceWithVoid()
                .onFailure()
                .recoverWithUni(failure -> {
                    span.setStatus(StatusCode.ERROR, failure.getClass().getSimpleName());
                    return end(own, task, reconciliations, failure);
                });
        return watch.over(work, attempt).onTermination().invoke(span::end);
    }

    /** The attempt failed. */
    private Uni<Void> end(
            Context own, Task task, Function<String, Reconciliation<?, ?>> reconciliations, Throwable failure) {
        if (failure instanceof LeaseLostException) {
            count(task, "lost");
            LOG.warnf("Task %s for %s: attempt %d lost its lease", task.kind(), task.subjectId(), task.attempts());
            return Uni.createFrom().voidItem();
        }
        count(task, failure instanceof StalledException ? "stalled" : "failed");
        LOG.warnf(
                Failures.isOutage(failure) || failure instanceof StalledException ? null : failure,
                "Task %s for %s: attempt %d failed: %s",
                task.kind(),
                task.subjectId(),
                task.attempts(),
                failure.getClass().getName());
        return table.postpone(task, delay(task.attempts()))
                .emitOn(go -> own.runOnContext(run -> go.run()))
                .flatMap(next -> next.isEmpty()
                        ? Uni.createFrom().voidItem()
                        : unitOfWork.run(
                                () -> reconciliations.apply(task.kind()).failed(task, failure, next.get())))
                .onFailure()
                .invoke(unnoted -> LOG.warnf(
                        "Task %s for %s: the failed attempt was not noted: %s",
                        task.kind(), task.subjectId(), unnoted.getClass().getName()))
                .onFailure()
                .recoverWithNull();
    }

    private void count(Task task, String outcome) {
        metrics.counter("tenure.tasks", "kind", task.kind(), "outcome", outcome).increment();
    }

    private Duration delay(int attempts) {
        Duration doubled = config.backoff().first().multipliedBy(1L << Math.min(attempts - 1, 20));
        return doubled.compareTo(config.backoff().most()) < 0
                ? doubled
                : config.backoff().most();
    }

    private final class Attempt<P, R> {

        private final Context own;
        private final Work work;
        private final Task task;
        private final Reconciliation<P, R> reconciliation;

        private Attempt(Context own, Work work, Reconciliation<P, R> reconciliation) {
            this.own = own;
            this.work = work;
            this.task = work.task();
            this.reconciliation = reconciliation;
        }

        /** @return {@code done} or {@code later} */
        private Uni<String> run() {
            return commit(() -> reconciliation.plan(task)).flatMap(this::follow);
        }

        private Uni<String> follow(Step<P> step) {
            return switch (step) {
                case Step.Done<P> done -> Uni.createFrom().item("done");
                case Step.Later<P> later -> Uni.createFrom().item("later");
                case Step.Obstructed<P> obstructed -> Uni.createFrom().failure(obstructed.reason());
                case Step.Act<P> act ->
                    watch.within(
                                    reconciliation.deadline(),
                                    work,
                                    Uni.createFrom().deferred(() -> reconciliation.act(work, act.plan())))
                            // Sessions live on the task's own context, and an answer from outside may come on another.
                            .emitOn(next -> own.runOnContext(run -> next.run()))
                            .flatMap(result -> settle(act.plan(), result))
                            .flatMap(this::follow);
            };
        }

        /**
         * What was done outside must not be done twice only because a server is away, so this goes on for as long as it is.
         * Whether the lease is still held by then is decided by the database, in the transaction.
         */
        private Uni<Step<P>> settle(P plan, R result) {
            return Uni.createFrom()
                    .deferred(() -> commit(() -> reconciliation.settle(task, plan, result)))
                    // A retry comes from a timer's thread.
                    .runSubscriptionOn(again -> own.runOnContext(run -> again.run()))
                    .onFailure(failure -> Failures.isOutage(failure) || failure instanceof StalledException)
                    .retry()
                    .withBackOff(FIRST_PAUSE, LONGEST_PAUSE)
                    .indefinitely();
        }

        private Uni<Step<P>> commit(Supplier<Uni<Step<P>>> transaction) {
            return unitOfWork
                    .run(() -> transaction.get().call(step -> switch (step) {
                        case Step.Done<P> done -> table.complete(task);
                        case Step.Later<P> later -> table.putOff(task, later.delay());
                        case Step.Act<P> act -> table.hold(task);
                        case Step.Obstructed<P> obstructed -> table.hold(task);
                    }))
                    .ifNoItem()
                    .after(LONGEST_TRANSACTION)
                    .failWith(() -> new StalledException(LONGEST_TRANSACTION));
        }
    }
}

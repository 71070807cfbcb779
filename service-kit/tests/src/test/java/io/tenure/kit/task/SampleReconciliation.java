package io.tenure.kit.task;

import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;

/** Does what a test tells it to. */
@Singleton
class SampleReconciliation implements Reconciliation<UUID, String> {

    static final String KIND = "sample";
    static final Duration DEADLINE = Duration.ofSeconds(4);

    /** A failed attempt, as it was reported. */
    record Failed(Throwable failure, Instant nextRetryAt, Instant toldAt) {}

    final Map<UUID, Function<Work, Uni<String>>> acts = new ConcurrentHashMap<>();
    final Map<UUID, Supplier<Uni<Step<UUID>>>> settles = new ConcurrentHashMap<>();
    final Map<UUID, List<Task>> runs = new ConcurrentHashMap<>();
    final Map<UUID, List<String>> settled = new ConcurrentHashMap<>();
    final Map<UUID, List<Failed>> failures = new ConcurrentHashMap<>();

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Duration deadline() {
        return DEADLINE;
    }

    @Override
    public Uni<Step<UUID>> plan(Task task) {
        add(runs, task, task);
        return Uni.createFrom().item(Step.act(task.subjectId()));
    }

    @Override
    public Uni<String> act(Work work, UUID plan) {
        return acts.getOrDefault(plan, any -> Uni.createFrom().item("done")).apply(work);
    }

    @Override
    public Uni<Step<UUID>> settle(Task task, UUID plan, String result) {
        return settles.getOrDefault(plan, () -> Uni.createFrom().item(Step.done()))
                .get()
                .invoke(step -> add(settled, task, result));
    }

    @Override
    public Uni<Void> failed(Task task, Throwable failure, Instant nextRetryAt) {
        add(failures, task, new Failed(failure, nextRetryAt, Instant.now()));
        return Uni.createFrom().voidItem();
    }

    private static <T> void add(Map<UUID, List<T>> all, Task task, T one) {
        all.computeIfAbsent(task.subjectId(), subject -> new CopyOnWriteArrayList<>())
                .add(one);
    }
}

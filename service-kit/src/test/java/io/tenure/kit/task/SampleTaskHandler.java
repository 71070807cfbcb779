package io.tenure.kit.task;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.UnitOfWork;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Does what a test tells it to. */
@Singleton
class SampleTaskHandler implements TaskHandler {

    static final String KIND = "SAMPLE";

    private final UnitOfWork unitOfWork;
    private final Tasks tasks;

    final Map<UUID, Function<Task, Uni<Void>>> behaviours = new ConcurrentHashMap<>();
    final Map<UUID, List<Task>> runs = new ConcurrentHashMap<>();
    final Map<UUID, List<Instant>> retries = new ConcurrentHashMap<>();

    SampleTaskHandler(UnitOfWork unitOfWork, Tasks tasks) {
        this.unitOfWork = unitOfWork;
        this.tasks = tasks;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Uni<Void> run(Task task) {
        runs.computeIfAbsent(task.subjectId(), subject -> new CopyOnWriteArrayList<>())
                .add(task);
        return behaviours
                .getOrDefault(task.subjectId(), any -> Uni.createFrom().voidItem())
                .apply(task)
                .chain(() -> unitOfWork.run(() -> tasks.complete(task)));
    }

    @Override
    public Uni<Void> failed(Task task, Throwable failure, Instant nextRetryAt) {
        retries.computeIfAbsent(task.subjectId(), subject -> new CopyOnWriteArrayList<>())
                .add(nextRetryAt);
        return Uni.createFrom().voidItem();
    }
}

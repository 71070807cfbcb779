package io.tenure.kit.task;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.quarkus.arc.All;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.tenure.kit.Pause;
import io.vertx.core.Context;
import io.vertx.mutiny.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Claims due tasks for this replica and has them done, as many of each {@link Urgency} at once as the class has room. A
 * claim is one statement ({@code FOR UPDATE SKIP LOCKED}) that leases the tasks by the database's clock and gives each
 * a new epoch; a replica that dies gives its tasks up after {@code tenure.tasks.lease}.
 *
 * <p>A claim follows each commit of this process that asked for a task, each end of a task, and every
 * {@code tenure.tasks.poll-interval} otherwise.
 */
@ApplicationScoped
public class TaskRunner {

    private static final Logger LOG = Logger.getLogger(TaskRunner.class);

    private final Map<String, Reconciliation<?, ?>> reconciliations;
    private final TaskTable table;
    private final Attempts attempts;
    private final Vertx vertx;
    private final TaskConfig config;
    private final Map<Urgency, AtomicInteger> running = new EnumMap<>(Urgency.class);
    private final Pause pause = new Pause(Duration.ofMillis(250), Duration.ofSeconds(5));
    private boolean claiming;
    private boolean again;
    private volatile boolean open;
    private volatile Context context;
    private volatile long timer;

    TaskRunner(
            @All List<Reconciliation<?, ?>> reconciliations,
            TaskTable table,
            Attempts attempts,
            Vertx vertx,
            MeterRegistry metrics,
            TaskConfig config) {
        this.reconciliations =
                reconciliations.stream().collect(Collectors.toMap(Reconciliation::kind, Function.identity()));
        this.table = table;
        this.attempts = attempts;
        this.vertx = vertx;
        this.config = config;
        for (Urgency urgency : Urgency.values()) {
            running.put(
                    urgency,
                    metrics.gauge(
                            "tenure.tasks.running", List.of(Tag.of("urgency", urgency.name())), new AtomicInteger()));
        }
    }

    void start(@Observes StartupEvent event) {
        if (!reconciliations.isEmpty()) {
            open = true;
            context = vertx.getDelegate().getOrCreateContext();
            timer = vertx.setPeriodic(config.pollInterval().toMillis(), tick -> wake());
        }
    }

    void stop(@Observes ShutdownEvent event) {
        open = false;
        vertx.cancelTimer(timer);
    }

    /** Asks for a claim soon; called after a commit that asked for a task. Returns at once. */
    public void wake() {
        if (open) {
            context.runOnContext(run -> claim());
        }
    }

    /** Claims as many due tasks as there is room for. Runs on {@link #context} only, so one claim at a time. */
    private void claim() {
        Map<Urgency, Integer> room = room();
        if (!open || room.isEmpty() || pause.lasts()) {
            return;
        }
        if (claiming) {
            again = true;
            return;
        }
        claiming = true;
        again = false;
        long asked = System.nanoTime();
        table.claim(room)
                .subscribe()
                .with(
                        claimed -> context.runOnContext(run -> {
                            claiming = false;
                            if (pause.succeeded()) {
                                LOG.info("Tasks are claimed again");
                            }
                            claimed.forEach(task -> start(task, asked));
                            if (again) {
                                claim();
                            }
                        }),
                        failure -> context.runOnContext(run -> {
                            claiming = false;
                            if (pause.failed()) {
                                LOG.warnf(
                                        "Tasks cannot be claimed, and wait: %s",
                                        failure.getClass().getName());
                            }
                        }));
    }

    /** How many more tasks of each class may run here; classes without room are left out. */
    private Map<Urgency, Integer> room() {
        Map<Urgency, Integer> room = new EnumMap<>(Urgency.class);
        running.forEach((urgency, busy) -> {
            int free = config.room().of(urgency) - busy.get();
            if (free > 0) {
                room.put(urgency, free);
            }
        });
        return room;
    }

    private void start(Task task, long claimedAt) {
        AtomicInteger busy = running.get(task.urgency());
        busy.incrementAndGet();
        attempts.run(context, new Work(task, config.lease(), claimedAt), this::reconciliation)
                .subscribe()
                .with(ended -> {
                    busy.decrementAndGet();
                    wake();
                });
    }

    private Reconciliation<?, ?> reconciliation(String kind) {
        Reconciliation<?, ?> found = reconciliations.get(kind);
        if (found == null) {
            throw new IllegalStateException("Nothing does tasks of kind " + kind);
        }
        return found;
    }
}

package io.tenure.platform.sandbox;

import io.smallrye.mutiny.Uni;
import io.tenure.platform.Answer;
import io.tenure.platform.Capabilities;
import io.tenure.platform.DriverException;
import io.tenure.platform.Inventory;
import io.tenure.platform.Operation;
import io.tenure.platform.Platform;
import io.tenure.platform.Priority;
import io.tenure.platform.sandbox.Run.End;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A platform without processors: disks are real files in a directory, so disabling, overwriting, verifying and removing
 * them is real too. See {@link SandboxLayout} for where they lie. Several replicas may share the directory.
 *
 * <p>File calls block, so they have threads of their own: some for the operations and inventories of each
 * {@link Priority}, and a few to look at what other processes wrote down.
 */
public final class SandboxPlatform implements Platform, AutoCloseable {

    /** How many operations of a priority run at once. */
    private static final int THREADS = 16;
    /** How many more may wait; further ones are throttled. */
    private static final int WAITING = 256;

    private static final int LOOKING = 4;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    /** How often another process's operation is checked while somebody waits for its end. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    /** How many outcomes are kept until somebody asks for them. */
    private static final int REMEMBERED = 1024;

    private final String name;
    private final Capabilities capabilities;
    private final SandboxLayout layout;
    private final Assets assets;
    private final Execution execution;
    private final Map<Priority, ThreadPoolExecutor> workers = new EnumMap<>(Priority.class);
    private final ThreadPoolExecutor lookers;
    private final Map<UUID, Run> runs = new ConcurrentHashMap<>();
    private final Set<Run> ended = new LinkedHashSet<>();

    /** @throws IllegalStateException if a setting is missing, or the root cannot be used */
    public SandboxPlatform(String name, SandboxConfig.Instance config) {
        this(name, config, (operation, step) -> {});
    }

    /** @param probe for tests, which let an operation stand still or die there */
    SandboxPlatform(String name, SandboxConfig.Instance config, Execution.Probe probe) {
        this.name = name;
        String settings = name.equals(SandboxConfig.UNNAMED) ? "tenure.sandbox" : "tenure.sandbox." + name;
        Path root = config.root().orElseThrow(() -> new IllegalStateException(settings + ".root is missing"));
        this.capabilities = new Capabilities(
                config.locations().orElseThrow(() -> new IllegalStateException(settings + ".locations is missing")),
                Set.of(Capabilities.Technique.OVERWRITE));
        this.layout = new SandboxLayout(root.toAbsolutePath().normalize());
        AssetLocks locks = new AssetLocks(layout.lockFile(), config.lockWait());
        this.assets = new Assets(config, capabilities.locations(), layout, locks);
        this.execution = new Execution(layout, locks, assets, probe);
        layout.prepare(settings + ".root");
        for (Priority priority : Priority.values()) {
            workers.put(priority, pool(priority.name().toLowerCase(), THREADS, WAITING));
        }
        this.lookers = pool("look", LOOKING, 4 * WAITING);
    }

    private ThreadPoolExecutor pool(String kind, int threads, int waiting) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads,
                threads,
                1,
                TimeUnit.MINUTES,
                new LinkedBlockingQueue<>(waiting),
                Thread.ofPlatform()
                        .daemon()
                        .name("sandbox-" + name + "-" + kind + "-", 0)
                        .factory());
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public Uni<Optional<UUID>> identity() {
        return on(lookers, layout::mark);
    }

    @Override
    public Uni<UUID> mark(UUID proposed) {
        return on(lookers, () -> {
            if (layout.mark().isEmpty()) {
                layout.mark(proposed);
            }
            return layout.mark().orElseThrow(Execution::anotherStorage);
        });
    }

    @Override
    public Uni<Inventory> inventory(UUID identity, UUID tenantId, Priority priority) {
        return on(workers.get(priority), () -> {
            execution.mustCarry(identity);
            Inventory inventory = assets.inventory(tenantId);
            execution.mustCarry(identity);
            return inventory;
        });
    }

    @Override
    public Uni<String> start(Operation operation) {
        return Uni.createFrom().item(() -> {
            String handle = new Handle(SandboxLayout.key(operation.command()), operation.id()).toString();
            Run run = new Run(operation, handle, this::perform);
            Run earlier = runs.putIfAbsent(operation.id(), run);
            if (earlier != null) {
                return earlier.handle();
            }
            ThreadPoolExecutor pool = workers.get(operation.command().intent().priority());
            try {
                pool.execute(run);
            } catch (RejectedExecutionException full) {
                runs.remove(operation.id(), run);
                throw rejection(pool);
            }
            return handle;
        });
    }

    @Override
    public Uni<Answer> poll(String handle, Duration patience) {
        return Uni.createFrom().deferred(() -> poll(Handle.of(handle), System.nanoTime() + patience.toNanos()));
    }

    private Uni<Answer> poll(Handle handle, long deadline) {
        Run run = runs.get(handle.operation());
        if (run == null) {
            return lookAfter(handle, deadline);
        }
        End already = run.end();
        if (already != null) {
            return answer(run, already, handle, deadline);
        }
        Duration left = Duration.ofNanos(deadline - System.nanoTime());
        if (!left.isPositive()) {
            return Uni.createFrom().item(run.progress());
        }
        return run.whenEnded()
                .ifNoItem()
                .after(left)
                .recoverWithItem(() -> null)
                .flatMap(end ->
                        end == null ? Uni.createFrom().item(run.progress()) : answer(run, end, handle, deadline));
    }

    private Uni<Answer> answer(Run run, End end, Handle handle, long deadline) {
        if (end.durable()) {
            forget(run);
        }
        return end.answer() instanceof Answer.Running
                ? lookAfter(handle, deadline)
                : Uni.createFrom().item(end.answer());
    }

    /** The answer for an operation that this process does not know. */
    private Uni<Answer> lookAfter(Handle handle, long deadline) {
        return on(lookers, () -> execution.look(handle)).flatMap(answer -> {
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            if (!(answer instanceof Answer.Running) || !left.isPositive()) {
                return Uni.createFrom().item(answer);
            }
            return Uni.createFrom()
                    .voidItem()
                    .onItem()
                    .delayIt()
                    .by(left.compareTo(LOOK_EVERY) < 0 ? left : LOOK_EVERY)
                    .chain(() -> lookAfter(handle, deadline));
        });
    }

    @Override
    public Uni<Void> cancel(String handle) {
        return Uni.createFrom().item(() -> {
            Run run = runs.get(Handle.of(handle).operation());
            if (run != null && run.cancel()) {
                workers.get(run.operation().command().intent().priority()).remove(run);
                remember(run);
            }
            return null;
        });
    }

    /** Gives up what is under way: a poll then answers that it must be started again. */
    @Override
    public void close() {
        runs.values().forEach(Run::giveUp);
        workers.values().forEach(ThreadPoolExecutor::shutdownNow);
        lookers.shutdownNow();
    }

    private void perform(Run run) {
        End end = execution.of(run);
        if (end.answer() instanceof Answer.Running) {
            forget(run);
        } else {
            remember(run);
        }
        run.end(end);
    }

    /** Until somebody asks, but not for ever: whoever wanted to ask may be dead. */
    private void remember(Run run) {
        synchronized (ended) {
            ended.add(run);
            Iterator<Run> eldest = ended.iterator();
            while (ended.size() > REMEMBERED) {
                Run forgotten = eldest.next();
                eldest.remove();
                runs.remove(forgotten.operation().id(), forgotten);
            }
        }
    }

    private void forget(Run run) {
        synchronized (ended) {
            ended.remove(run);
            runs.remove(run.operation().id(), run);
        }
    }

    private <T> Uni<T> on(ThreadPoolExecutor pool, AssetLocks.Work<T> work) {
        return Uni.createFrom().emitter(emitter -> {
            Future<?> running;
            try {
                running = pool.submit(() -> {
                    try {
                        emitter.complete(work.run());
                    } catch (IOException | RuntimeException failure) {
                        emitter.fail(Execution.reason(failure));
                    } catch (Error broken) {
                        emitter.fail(broken);
                        throw broken;
                    }
                });
            } catch (RejectedExecutionException full) {
                emitter.fail(rejection(pool));
                return;
            }
            emitter.onTermination(() -> running.cancel(false));
        });
    }

    private static DriverException rejection(ThreadPoolExecutor pool) {
        return pool.isShutdown()
                ? DriverException.passing("the service stops")
                : DriverException.of(
                        new DriverException.Kind.Throttled(RETRY_AFTER), "the platform has too much to do");
    }
}

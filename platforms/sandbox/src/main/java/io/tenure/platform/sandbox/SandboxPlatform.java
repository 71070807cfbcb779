package io.tenure.platform.sandbox;

import io.smallrye.mutiny.Uni;
import io.tenure.platform.Answer;
import io.tenure.platform.Capabilities;
import io.tenure.platform.DriverException;
import io.tenure.platform.Inventory;
import io.tenure.platform.Operation;
import io.tenure.platform.Outcome;
import io.tenure.platform.Platform;
import io.tenure.platform.Priority;
import io.tenure.platform.sandbox.Run.End;
import io.tenure.platform.sandbox.Steps.Step;
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
    /** How often progress is written down for other processes. */
    private static final long TELL_EVERY_NANOS = Duration.ofSeconds(1).toNanos();
    /** How many outcomes are kept until somebody asks for them. */
    private static final int REMEMBERED = 1024;

    /** Called where an operation reports its progress. */
    @FunctionalInterface
    interface Probe {
        void at(Operation operation, Step step);
    }

    private final String name;
    private final Capabilities capabilities;
    private final SandboxLayout layout;
    private final AssetLocks locks;
    private final Assets assets;
    private final Probe probe;
    private final Map<Priority, ThreadPoolExecutor> workers = new EnumMap<>(Priority.class);
    private final ThreadPoolExecutor lookers;
    private final Map<UUID, Run> runs = new ConcurrentHashMap<>();
    private final Set<Run> ended = new LinkedHashSet<>();

    /** @throws IllegalStateException if a setting is missing, or the root cannot be used */
    public SandboxPlatform(String name, SandboxConfig.Instance config) {
        this(name, config, (operation, step) -> {});
    }

    /** @param probe for tests, which let an operation stand still or die there */
    SandboxPlatform(String name, SandboxConfig.Instance config, Probe probe) {
        this.name = name;
        String settings = name.equals(SandboxConfig.UNNAMED) ? "tenure.sandbox" : "tenure.sandbox." + name;
        Path root = config.root().orElseThrow(() -> new IllegalStateException(settings + ".root is missing"));
        this.capabilities = new Capabilities(
                config.locations().orElseThrow(() -> new IllegalStateException(settings + ".locations is missing")),
                Set.of(Capabilities.Technique.OVERWRITE));
        this.layout = new SandboxLayout(root.toAbsolutePath().normalize());
        this.locks = new AssetLocks(layout.lockFile(), config.lockWait());
        this.assets = new Assets(config, capabilities.locations(), layout, locks);
        this.probe = probe;
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
            return layout.mark().orElseThrow(SandboxPlatform::anotherStorage);
        });
    }

    @Override
    public Uni<Inventory> inventory(UUID identity, UUID tenantId, Priority priority) {
        return on(workers.get(priority), () -> {
            mustCarry(identity);
            Inventory inventory = assets.inventory(tenantId);
            mustCarry(identity);
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
        return on(lookers, () -> look(handle)).flatMap(answer -> {
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

    private Answer look(Handle handle) throws IOException {
        if (layout.mark().isEmpty()) {
            throw anotherStorage();
        }
        Journal journal = layout.journal(handle.key());
        Journal.Entry entry = journal.read();
        if (entry.isOf(handle.operation()) && entry.state() == Journal.State.RUNNING) {
            if (locks.isHeld(handle.key())) {
                return journal.progress();
            }
            // It may have ended between the two looks.
            entry = journal.read();
        }
        return entry.endOf(handle.operation()).orElseGet(Answer.Unknown::new);
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
        End end;
        boolean[] inside = {false};
        try {
            end = performed(run, inside);
        } catch (IOException | RuntimeException failure) {
            end = inside[0] ? failed(run, failure) : elsewhere(run).orElseGet(() -> failed(run, failure));
        } catch (Error broken) {
            // The next worker finds it as if this process had died.
            end = new End(new Answer.Failed(DriverException.passing(DriverException.reasonOf(broken), broken)), false);
        }
        run.seal();
        if (end.answer() instanceof Answer.Running) {
            forget(run);
        } else {
            remember(run);
        }
        run.end(end);
    }

    private static End failed(Run run, Exception failure) {
        return new End(new Answer.Failed(reason(run, failure)), false);
    }

    /** How far another process is with it; empty if none knows it. */
    private Optional<End> elsewhere(Run run) {
        try {
            Answer answer = look(Handle.of(run.handle()));
            return answer instanceof Answer.Unknown ? Optional.empty() : Optional.of(new End(answer, true));
        } catch (IOException | DriverException unknown) {
            return Optional.empty();
        }
    }

    private End performed(Run run, boolean[] inside) throws IOException {
        Operation operation = run.operation();
        mustCarry(operation.identity());
        Optional<End> elsewhere = elsewhere(run);
        if (elsewhere.isPresent()) {
            return elsewhere.get();
        }
        String key = SandboxLayout.key(operation.command());
        return locks.with(key, () -> {
            inside[0] = true;
            Journal journal = layout.journal(key);
            Optional<Answer> earlier = journal.read().endOf(operation.id());
            if (earlier.isPresent()) {
                return new End(earlier.get(), true);
            }
            mustCarry(operation.identity());
            journal.begin(operation);
            return performed(run, journal);
        });
    }

    private End performed(Run run, Journal journal) throws IOException {
        Operation operation = run.operation();
        Answer answer;
        try {
            Steps steps = steps(run, journal);
            steps.at(Step.UNKNOWN);
            Outcome outcome = assets.perform(operation, steps);
            long total = run.progress().total();
            steps.at(new Step(total, total, null));
            answer = new Answer.Done(outcome);
        } catch (IOException | RuntimeException failure) {
            answer = new Answer.Failed(reason(run, failure));
        }
        boolean written = run.seal();
        if (!written) {
            return new End(new Answer.Unknown(), false);
        }
        // The outcome belongs to the storage on which the operation began.
        mustCarry(operation.identity());
        switch (answer) {
            case Answer.Done done -> journal.done(operation, done.outcome());
            case Answer.Failed failed -> journal.failed(operation, failed.error());
            case Answer.Running other -> throw new IllegalStateException("It goes on");
            case Answer.Unknown other -> throw new IllegalStateException("It ended");
        }
        return new End(answer, true);
    }

    private Steps steps(Run run, Journal journal) {
        long[] toldAt = {System.nanoTime()};
        return step -> {
            Answer.Running running = new Answer.Running(step.done(), step.total());
            run.advanced(running);
            probe.at(run.operation(), step);
            if (Thread.currentThread().isInterrupted()) {
                throw Run.cancellation();
            }
            mustCarry(run.operation().identity());
            long now = System.nanoTime();
            if (now - toldAt[0] >= TELL_EVERY_NANOS) {
                toldAt[0] = now;
                tell(journal, running);
            }
        };
    }

    private static void tell(Journal journal, Answer.Running running) {
        try {
            journal.progress(running);
        } catch (IOException unimportant) {
            return;
        }
    }

    private static DriverException reason(Run run, Exception failure) {
        if (run.isCancelled()) {
            return Run.cancellation();
        }
        return reason(failure);
    }

    static DriverException reason(Exception failure) {
        return switch (failure) {
            case DriverException known -> known;
            case IOException io -> DriverException.passing("storage: " + DriverException.reasonOf(io), io);
            default -> DriverException.passing(DriverException.reasonOf(failure), failure);
        };
    }

    private void mustCarry(UUID identity) {
        Optional<UUID> mark;
        try {
            mark = layout.mark();
        } catch (IOException unreadable) {
            throw reason(unreadable);
        }
        if (!mark.equals(Optional.of(identity))) {
            throw anotherStorage();
        }
    }

    private static DriverException anotherStorage() {
        return DriverException.passing("the storage that is there does not carry the platform's mark: bring back the"
                + " one on which the assets were placed");
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
                        emitter.fail(reason(failure));
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

    /** By which an operation is found again: the journal, and the operation that it must be of. */
    private record Handle(String key, UUID operation) {

        static Handle of(String text) {
            int slash = text.indexOf('/');
            if (slash < 0 || !text.substring(0, slash).matches("[a-z0-9-]{36,128}")) {
                throw unknown();
            }
            try {
                return new Handle(text.substring(0, slash), UUID.fromString(text.substring(slash + 1)));
            } catch (IllegalArgumentException malformed) {
                throw unknown();
            }
        }

        private static DriverException unknown() {
            return DriverException.permanent("the handle is not one that this platform gave");
        }

        @Override
        public String toString() {
            return key + "/" + operation;
        }
    }
}

package io.tenure.platform.sandbox;

import io.tenure.platform.Answer;
import io.tenure.platform.DriverException;
import io.tenure.platform.Operation;
import io.tenure.platform.Outcome;
import io.tenure.platform.sandbox.Run.End;
import io.tenure.platform.sandbox.Steps.Step;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * Carries operations out: each once, under its lock, on the storage for which it was ordered, and written down in the
 * journal, where other processes find it.
 */
final class Execution {

    /** How often progress is written down for other processes. */
    private static final long TELL_EVERY_NANOS = Duration.ofSeconds(1).toNanos();

    /** Called where an operation reports its progress. */
    @FunctionalInterface
    interface Probe {
        void at(Operation operation, Step step);
    }

    private final SandboxLayout layout;
    private final AssetLocks locks;
    private final Assets assets;
    private final Probe probe;

    Execution(SandboxLayout layout, AssetLocks locks, Assets assets, Probe probe) {
        this.layout = layout;
        this.locks = locks;
        this.assets = assets;
        this.probe = probe;
    }

    /** Does it, unless it is done or another process is at it. Never throws; from its end on, the run is not interrupted. */
    End of(Run run) {
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
        return end;
    }

    /** How far an operation is, as the journal says; for one that this process does not carry out. */
    Answer look(Handle handle) throws IOException {
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

    /** @throws DriverException unless the storage that is there carries this mark */
    void mustCarry(UUID identity) {
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

    static DriverException anotherStorage() {
        return DriverException.passing("the storage that is there does not carry the platform's mark: bring back the"
                + " one on which the assets were placed");
    }
}

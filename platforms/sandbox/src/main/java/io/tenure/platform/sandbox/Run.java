package io.tenure.platform.sandbox;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.tenure.platform.Answer;
import io.tenure.platform.DriverException;
import io.tenure.platform.Operation;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** An operation that this process carries out. */
final class Run implements Runnable {

    private enum Phase {
        WAITING,
        WORKING,
        /** Its outcome is being written down; too late to end it early. */
        ENDING,
        ENDED
    }

    /**
     * How it ended for this process.
     *
     * @param answer {@link Answer.Running} if another process is at work on it
     * @param durable whether the journal says the same
     */
    record End(Answer answer, boolean durable) {}

    private final Operation operation;
    private final String handle;
    private final Consumer<Run> work;
    private final Set<UniEmitter<? super End>> waiting = new HashSet<>();
    private volatile Answer.Running progress = new Answer.Running(0, 0);
    private Phase phase = Phase.WAITING;
    private boolean cancelled;
    private boolean given;
    private Thread worker;
    private End end;

    Run(Operation operation, String handle, Consumer<Run> work) {
        this.operation = operation;
        this.handle = handle;
        this.work = work;
    }

    Operation operation() {
        return operation;
    }

    String handle() {
        return handle;
    }

    @Override
    public void run() {
        if (begin()) {
            work.accept(this);
        }
    }

    private synchronized boolean begin() {
        if (phase != Phase.WAITING) {
            return false;
        }
        phase = Phase.WORKING;
        worker = Thread.currentThread();
        return true;
    }

    void advanced(Answer.Running progress) {
        this.progress = progress;
    }

    Answer.Running progress() {
        return progress;
    }

    /**
     * From here on its thread is not interrupted any more, since that would interrupt writing down its outcome.
     *
     * @return whether to write that down: a service that stops does not, because another one goes on with the work
     */
    synchronized boolean seal() {
        if (phase == Phase.WORKING) {
            phase = Phase.ENDING;
        }
        Thread.interrupted();
        return !given;
    }

    synchronized boolean isCancelled() {
        return cancelled;
    }

    /** Interrupts it. @return whether it ended by that, because it had not begun */
    boolean cancel() {
        synchronized (this) {
            switch (phase) {
                case WORKING -> {
                    cancelled = true;
                    worker.interrupt();
                    return false;
                }
                case WAITING -> phase = Phase.ENDING;
                case ENDING, ENDED -> {
                    return false;
                }
            }
        }
        end(new End(new Answer.Failed(cancellation()), false));
        return true;
    }

    static DriverException cancellation() {
        return DriverException.passing("cancelled");
    }

    /** The service stops: the operation is given up, and is nobody's until it is started again. */
    void giveUp() {
        synchronized (this) {
            if (phase == Phase.ENDING || phase == Phase.ENDED) {
                return;
            }
            given = true;
        }
        end(new End(new Answer.Unknown(), false));
    }

    /** Only the first end counts. */
    void end(End how) {
        List<UniEmitter<? super End>> told;
        synchronized (this) {
            if (phase == Phase.ENDED) {
                return;
            }
            phase = Phase.ENDED;
            end = how;
            told = List.copyOf(waiting);
            waiting.clear();
        }
        told.forEach(each -> each.complete(how));
    }

    /** How it ended, as soon as it did. */
    Uni<End> whenEnded() {
        return Uni.createFrom().emitter(emitter -> {
            End already;
            synchronized (this) {
                already = end;
                if (already == null) {
                    waiting.add(emitter);
                }
            }
            if (already != null) {
                emitter.complete(already);
                return;
            }
            emitter.onTermination(() -> {
                synchronized (this) {
                    waiting.remove(emitter);
                }
            });
        });
    }

    /** Null while it goes on. */
    synchronized End end() {
        return end;
    }
}

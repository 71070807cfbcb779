package io.tenure.kit.task;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;

/**
 * Brings something outside the database in line with what the database says: {@code plan} (transaction), {@code act}
 * (outside), {@code settle} (transaction). An application-scoped bean; {@link TaskRunner} owns everything else: the
 * lease, the way back to the caller's context, deadlines, completion and repetition.
 *
 * <p>All of it may happen again for the same task, after a crash at any point: {@code act} must find what an earlier
 * attempt did, and count it as done.
 *
 * @param <P> what is to be done outside
 * @param <R> what came of it
 */
public interface Reconciliation<P, R> {

    /** Which tasks it does; unique in the service. */
    String kind();

    /** How long {@link #act} may go on without progress before it counts as stalled, and fails. */
    Duration deadline();

    /**
     * Says what is to be done, as things are now. Runs in a transaction, which also completes the task if there is
     * nothing to do.
     */
    Uni<Step<P>> plan(Task task);

    /**
     * Does it, outside of any transaction. Begins on an event loop, so what blocks belongs on a worker thread; may
     * answer on any thread. Is cancelled once the lease is lost or the deadline is over; what cannot be cancelled asks
     * {@link Work#mustHold}.
     */
    Uni<R> act(Work work, P plan);

    /**
     * Records what came of it, and says what follows. In a transaction, which also completes the task if nothing does.
     * Tried again while a server is out of reach, so that an outage is no reason to do the work outside twice.
     */
    Uni<Step<P>> settle(Task task, P plan, R result);

    /**
     * Takes note of a failed attempt, in a transaction of its own.
     *
     * @param nextRetryAt when the task will be tried again, by the database's clock
     */
    default Uni<Void> failed(Task task, Throwable failure, Instant nextRetryAt) {
        return Uni.createFrom().voidItem();
    }
}

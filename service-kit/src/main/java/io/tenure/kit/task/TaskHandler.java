package io.tenure.kit.task;

import io.smallrye.mutiny.Uni;
import java.time.Instant;

/** Does one kind of task. An application-scoped bean; may be called again for a task whose work is already done. */
public interface TaskHandler {

    /** The kind that it does, unique in the service. */
    String kind();

    /**
     * Does the work and commits its result together with {@link Tasks#complete}. Runs outside a transaction, on an event
     * loop: blocking work belongs on a worker thread. The lease is renewed as long as this takes.
     *
     * @return a Uni whose failure makes the task due again later
     */
    Uni<Void> run(Task task);

    /**
     * Takes note of a failed attempt, in a transaction of its own.
     *
     * @param nextRetryAt when the task will be tried again
     */
    default Uni<Void> failed(Task task, Throwable failure, Instant nextRetryAt) {
        return Uni.createFrom().voidItem();
    }
}

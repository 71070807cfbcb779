package io.tenure.kit.confirmation;

import io.smallrye.mutiny.Uni;
import io.tenure.events.Event;
import java.time.Instant;

/** What a deletion causes in a service. It cannot be undone, so it runs only once lifecycle has confirmed the deletion. */
public interface Irrevocable {

    /** Causes it, in the transaction that ends the wait. May be called again after a rollback. */
    Uni<Void> run(Event deletionStarted);

    /** Reports that lifecycle gives no answer. In a transaction of its own. */
    default Uni<Void> unanswered(Event deletionStarted, int attempts, Instant nextRetryAt) {
        return Uni.createFrom().voidItem();
    }
}

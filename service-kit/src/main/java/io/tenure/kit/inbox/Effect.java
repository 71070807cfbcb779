package io.tenure.kit.inbox;

import io.smallrye.mutiny.Uni;

/** What an event causes in a service; it joins the transaction in which the event is noted as received. */
@FunctionalInterface
public interface Effect {

    /**
     * Of an event that is none of the service's business. Nothing is written, not even that it was received: to do nothing
     * twice is no harm.
     */
    Effect NONE = () -> Uni.createFrom().voidItem();

    /** Causes it. Called once for each attempt, within the transaction. */
    Uni<Void> run();
}

package io.tenure.kit.inbox;

import io.smallrye.mutiny.Uni;

/** What an event causes in a service; it joins the transaction in which the event is noted as received. */
@FunctionalInterface
public interface Effect {

    /**
     * For an event that does not concern the service. Nothing is written, not even that it was received: doing nothing
     * twice is harmless.
     */
    Effect NONE = () -> Uni.createFrom().voidItem();

    /** Causes it. Called once for each attempt, within the transaction. */
    Uni<Void> run();
}

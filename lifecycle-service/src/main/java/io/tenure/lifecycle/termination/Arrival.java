package io.tenure.lifecycle.termination;

import io.tenure.events.Event;

/**
 * A fact of another service as it was received.
 *
 * @param bytes the event exactly as it was published
 */
public record Arrival(Event event, byte[] bytes) {}

package io.tenure.lifecycle.gate;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** When to check next whether a retention is over, and the trace to continue then. */
final class RetentionTimer {

    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

    private final UUID terminationId;
    private final String traceparent;
    private Instant dueAt;
    private int attempts;

    RetentionTimer(UUID terminationId, Instant dueAt, int attempts, String traceparent) {
        this.terminationId = terminationId;
        this.dueAt = dueAt;
        this.attempts = attempts;
        this.traceparent = traceparent;
    }

    /** The retention could not be ended: check again after a delay that doubles from one second up to a minute. */
    void postpone(Instant now) {
        Duration delay = FIRST_RETRY.multipliedBy(1L << Math.min(attempts, 10));
        attempts++;
        dueAt = now.plus(delay.compareTo(LONGEST_RETRY) < 0 ? delay : LONGEST_RETRY);
    }

    /** The retention cannot be ended before this instant. */
    void lookAgainAt(Instant instant) {
        attempts++;
        dueAt = instant;
    }

    UUID terminationId() {
        return terminationId;
    }

    Instant dueAt() {
        return dueAt;
    }

    /** How often the retention could not be ended. */
    int attempts() {
        return attempts;
    }

    /** W3C trace context in which the retention started; null outside a trace. */
    String traceparent() {
        return traceparent;
    }
}

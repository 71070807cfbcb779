package io.tenure.lifecycle.retention;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** When to ask next whether a retention is over, and the trace that the answer belongs to. */
@Entity
@Table(name = "retention_timer")
class RetentionTimer {

    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

    @Id
    @Column(name = "termination_id")
    private UUID terminationId;

    @Column(name = "due_at")
    private Instant dueAt;

    private int attempts;
    private String traceparent;

    /** For the persistence provider. */
    protected RetentionTimer() {}

    RetentionTimer(UUID terminationId, Instant dueAt, String traceparent) {
        this(terminationId, dueAt, 0, traceparent);
    }

    /** A timer as the database holds it. */
    RetentionTimer(UUID terminationId, Instant dueAt, int attempts, String traceparent) {
        this.terminationId = terminationId;
        this.dueAt = dueAt;
        this.attempts = attempts;
        this.traceparent = traceparent;
    }

    /** The retention could not be ended: ask again after a delay that doubles from one second up to a minute. */
    void postpone(Instant now) {
        Duration delay = FIRST_RETRY.multipliedBy(1L << Math.min(attempts, 10));
        attempts++;
        dueAt = now.plus(delay.compareTo(LONGEST_RETRY) < 0 ? delay : LONGEST_RETRY);
    }

    /** The retention cannot be ended before an instant that is known. */
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

    /** W3C trace context of whoever started the retention; null outside a trace. */
    String traceparent() {
        return traceparent;
    }
}

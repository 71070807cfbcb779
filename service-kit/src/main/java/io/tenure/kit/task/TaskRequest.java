package io.tenure.kit.task;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * Asks for a task; see {@link Tasks#request}.
 *
 * @param correlationId the termination that causes it, or null
 * @param notBefore when it is due, by the database's clock; null for after {@code delay}
 * @param delay from now on until it is due; ignored where {@code notBefore} is given
 */
public record TaskRequest(
        String kind,
        UUID tenantId,
        UUID subjectId,
        UUID correlationId,
        Urgency urgency,
        Instant notBefore,
        Duration delay) {

    /** Due at once. */
    public static TaskRequest now(String kind, UUID tenantId, UUID subjectId, UUID correlationId, Urgency urgency) {
        return new TaskRequest(kind, tenantId, subjectId, correlationId, urgency, null, Duration.ZERO);
    }

    /** The same, due at an instant. */
    public TaskRequest notBefore(Instant dueAt) {
        return new TaskRequest(kind, tenantId, subjectId, correlationId, urgency, dueAt, delay);
    }

    /** The same, due later. */
    public TaskRequest after(Duration delay) {
        return new TaskRequest(kind, tenantId, subjectId, correlationId, urgency, notBefore, delay);
    }
}

package io.tenure.kit.task;

import java.util.UUID;

/**
 * Work that reaches outside the database and must be done at least once.
 *
 * @param kind which {@link Reconciliation} does it
 * @param subjectId what it is about; a kind has one open task per subject
 * @param correlationId the termination that caused it, or null
 * @param attempts how often it was tried, this time included
 * @param epoch grows with each claim of any task: a later worker on the same subject always has the higher one
 * @param traceparent trace context of whoever asked for it last, or null
 */
public record Task(
        UUID id,
        String kind,
        UUID tenantId,
        UUID subjectId,
        UUID correlationId,
        Urgency urgency,
        int attempts,
        long epoch,
        String traceparent) {}

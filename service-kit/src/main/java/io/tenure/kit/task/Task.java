package io.tenure.kit.task;

import java.util.UUID;

/**
 * Work that reaches outside the database and must be done at least once.
 *
 * @param kind which {@link TaskHandler} does it
 * @param subjectId what it is about; a kind has one open task a subject
 * @param correlationId the termination that caused it, or null
 * @param attempts how often it was tried, this time included
 * @param lease proof that this replica holds it; see {@link Tasks#complete}
 * @param traceparent trace context of whoever scheduled it, or null
 */
public record Task(
        UUID id,
        String kind,
        UUID tenantId,
        UUID subjectId,
        UUID correlationId,
        int attempts,
        UUID lease,
        String traceparent) {}

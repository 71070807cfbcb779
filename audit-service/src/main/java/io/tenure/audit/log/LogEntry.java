package io.tenure.audit.log;

import java.time.Instant;
import java.util.UUID;

/**
 * An event to append to the log.
 *
 * @param eventId CloudEvents {@code id}; the log holds each once
 * @param bytes the event exactly as it was published, at most 65,535 bytes
 * @param leafHash RFC 6962 leaf hash of the bytes
 * @param correlationId the termination that caused it; null if none did
 * @param topic where it was read, with {@code partition} and {@code offset}
 */
public record LogEntry(
        UUID eventId,
        byte[] bytes,
        byte[] leafHash,
        String type,
        UUID tenantId,
        UUID correlationId,
        Instant time,
        String source,
        String topic,
        int partition,
        long offset) {}

package io.tenure.audit.query;

import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * An event's place in the log, without the event itself.
 *
 * @param index zero-based position in the tree
 * @param id CloudEvents id
 * @param correlationId the termination that caused it; absent if none did
 * @param leafHash RFC 6962 leaf hash of the event's bytes, hexadecimal
 */
@Schema(description = "An event's place in the log")
public record LoggedEvent(
        @Schema(description = "Zero-based position in the tree")
        long index,

        @Schema(description = "CloudEvents id") UUID id,

        @Schema(description = "CloudEvents type", examples = "io.tenure.lifecycle.TerminationRequested")
        String type,

        UUID tenantId,
        @Schema(description = "When it happened") Instant time,

        @Schema(description = "The producing service", examples = "/tenure/lifecycle")
        String source,

        @Schema(description = "The termination that caused it")
        UUID correlationId,

        @Schema(description = "SHA-256(0x00 || event bytes), hexadecimal")
        String leafHash) {}

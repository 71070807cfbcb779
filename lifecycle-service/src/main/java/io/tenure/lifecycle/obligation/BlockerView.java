package io.tenure.lifecycle.obligation;

import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Something in the way of a termination, as the API shows it. */
@Schema(name = "Blocker")
public record BlockerView(
        @Schema(description = "What blocks the termination, as the API's path")
        String resource,

        @Schema(description = "The service that has to resolve it")
        String owner,

        String reason,
        @Schema(description = "How often it was tried") int attempts,

        @Schema(description = "When it is tried next, if that is known")
        Instant nextRetryAt) {

    static BlockerView of(Blocker blocker) {
        return new BlockerView(blocker.resource, blocker.owner, blocker.reason, blocker.attempts, blocker.nextRetryAt);
    }
}

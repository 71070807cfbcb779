package io.tenure.platform;

import java.util.Objects;
import java.util.UUID;

/**
 * Something that a platform is to do.
 *
 * @param id by which the platform recognises it: started twice, it is done once
 * @param command what is to be done
 * @param epoch the platform keeps the highest one of each asset, also of those that are gone, and refuses an older one
 *     with {@link DriverException.Kind.Conflict}: a worker that slept through the end of its lease changes nothing any
 *     more
 * @param identity the mark that the platform must carry, before the work and after it; without it, the operation fails
 */
public record Operation(UUID id, Command command, long epoch, UUID identity) {

    public Operation {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(command, "command");
        Objects.requireNonNull(identity, "identity");
    }
}

package io.tenure.platform;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * One platform that holds assets. No call waits for the platform's work: work is started, goes on by itself, and is
 * asked after by its handle, also by another replica and after a crash. A driver whose library blocks has threads of
 * its own, some for each {@link Priority}, so that a hundred wipes never delay a disablement.
 *
 * <p>Every call may be repeated. All fail with {@link DriverException} if they could not do their work.
 */
public interface Platform {

    /** Its name in the records; unique in an installation. */
    String name();

    Capabilities capabilities();

    /** The mark that the platform carries; empty where it has none, as where its storage is not mounted. */
    Uni<Optional<UUID>> identity();

    /** Gives the platform this mark, unless it carries one already. @return the mark that it carries */
    Uni<UUID> mark(UUID proposed);

    /**
     * Starts an operation, unless one with this id was started before: then that one's handle is the answer, and if it
     * died on the way, it goes on from there. Fails with {@link DriverException.Kind.Throttled} where there is no room
     * for it now.
     *
     * @return the handle to ask with; to be committed before anything else is done
     */
    Uni<String> start(Operation operation);

    /**
     * How an operation stands.
     *
     * @param patience how long the answer may be held back while the operation runs: it comes as soon as it ended
     */
    Uni<Answer> poll(String handle, Duration patience);

    /** Asks an operation to end early. Whether it did, only {@link #poll} tells. */
    Uni<Void> cancel(String handle);

    /**
     * Everything that the platform holds for a tenant, from a look at the platform alone.
     *
     * @param identity the mark that the platform must carry, before the look and after it: a storage that is not
     *     mounted answers too, and says that there is nothing
     */
    Uni<Inventory> inventory(UUID identity, UUID tenantId, Priority priority);
}

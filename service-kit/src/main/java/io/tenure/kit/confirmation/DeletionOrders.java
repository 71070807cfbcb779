package io.tenure.kit.confirmation;

import io.smallrye.mutiny.Uni;
import java.util.Optional;
import java.util.UUID;

/** What the lifecycle service says about deletions; asked over REST, with the asker's own token. */
public interface DeletionOrders {

    /** The problem by which lifecycle says that a termination orders no deletion. */
    String NOT_ORDERED = "deletion-not-ordered";

    /** The problem by which lifecycle says that there is no such termination, and not only no such address. */
    String NO_TERMINATION = "no-such-termination";

    /**
     * Whose deletion a termination orders.
     *
     * @return the tenant; empty if lifecycle says that it ordered none. Fails if lifecycle gives no such answer: then nothing is
     *     known
     */
    Uni<Optional<UUID>> tenantOf(UUID terminationId);
}

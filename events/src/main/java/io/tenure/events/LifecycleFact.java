package io.tenure.events;

import io.tenure.events.ProvisioningFact.Disk;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Facts of the lifecycle service: the stations of a termination, from request to certificate. */
public sealed interface LifecycleFact extends Fact {

    /** A customer leaves: everything is to be disabled at once (matrix row P1.6a). */
    record TerminationRequested(UUID terminationId) implements LifecycleFact {}

    /**
     * All is disabled; the data waits until the end of the retention (rows P1.6a, P1.6b and P4.4).
     *
     * @param warnings the instants at which the customer is to be reminded, ascending, each before {@code retentionEndsAt}
     */
    record RetentionStarted(
            UUID terminationId, Instant retentionStartedAt, Instant retentionEndsAt, List<Instant> warnings)
            implements LifecycleFact {}

    /**
     * The customer could not be warned in time, so the retention ends later (rows P1.6a and P4.4). Only notices of this
     * version count from now on.
     *
     * @param version of the schedule; that of {@link RetentionStarted} is 1
     * @param retentionEndsAt later than in the version before
     * @param warnings as in {@link RetentionStarted}; none where the new end leaves no time for one, and the notice of
     *     the new version is the last
     */
    record RetentionRescheduled(UUID terminationId, int version, Instant retentionEndsAt, List<Instant> warnings)
            implements LifecycleFact {}

    /** What a termination asks other services to do. */
    enum Command {
        /** What {@link TerminationRequested} asks for. */
        DISABLE,
        /** What {@link RestorationStarted} asks for. */
        RESTORE,
        /** What {@link DeletionStarted} asks for. */
        DELETE
    }

    /**
     * A command is issued again, because its result is overdue or an operator wants it tried at once. A service that
     * has not carried it out yet tries now; one that has publishes its result again.
     *
     * @param manifestDigest as in {@link DeletionStarted}; null unless the command is to delete
     */
    record CommandRepeated(
            UUID terminationId, Command command, @Nullable String manifestDigest) implements LifecycleFact {}

    /**
     * Two different people attest that something of the manifest is lost: it was looked for and is nowhere to be found
     * (rows P2.1 and P2.3). The certificate says so.
     *
     * @param disk the lost disk, as the manifest lists it; null if the asset itself is lost
     * @param askedBy the identity provider's subject of the first person: an opaque id
     * @param attestedBy that of the second person
     */
    record LossAttested(
            UUID terminationId, UUID assetId, @Nullable Disk disk, String askedBy, String attestedBy)
            implements LifecycleFact {}

    /** The termination is called back: everything is to be restored. */
    record RestorationStarted(UUID terminationId) implements LifecycleFact {}

    /** The tenant is as before; the termination ended without a deletion. */
    record TerminationCancelled(UUID terminationId) implements LifecycleFact {}

    /**
     * The retention is over and nothing holds the data back: it is to be sanitized now (row P2.1).
     *
     * @param manifestDigest of the manifest that is to be deleted, as {@link ProvisioningFact.TenantDisabled} told it;
     *     whoever knows another manifest deletes nothing
     */
    record DeletionStarted(UUID terminationId, String manifestDigest) implements LifecycleFact {}

    /**
     * The signed certificate of deletion can be fetched from the lifecycle service (row P2.3).
     *
     * @param sha256 hash of the certificate's signed payload, hexadecimal
     */
    record DeletionCertificateIssued(UUID terminationId, UUID certificateId, String sha256) implements LifecycleFact {}

    /** The tenant is gone. */
    record TenantDeleted(UUID terminationId) implements LifecycleFact {}
}

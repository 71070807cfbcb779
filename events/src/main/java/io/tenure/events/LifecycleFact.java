package io.tenure.events;

import io.tenure.events.ProvisioningFact.Disk;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Facts of the lifecycle service: the steps of a termination, from request to certificate. */
public sealed interface LifecycleFact extends Fact {

    /** A customer leaves: everything must be disabled at once (matrix row P1.6a). */
    record TerminationRequested(UUID terminationId) implements LifecycleFact {}

    /**
     * Everything is disabled; the data is kept until the retention ends (rows P1.6a, P1.6b and P4.4).
     *
     * @param warnings when the customer is warned of the end, ascending, each before {@code retentionEndsAt}
     * @param timeZone the tenant's, as an IANA id such as {@code Europe/Berlin}; for people only, it decides nothing
     */
    record RetentionStarted(
            UUID terminationId,
            Instant retentionStartedAt,
            Instant retentionEndsAt,
            List<Instant> warnings,
            String timeZone)
            implements LifecycleFact {}

    /** Why a retention ends later than announced. */
    enum RescheduleCause {
        /** A warning could not be delivered in time: the customer has the time that it promises. */
        LATE_WARNING,
        /** The provider keeps the data longer. */
        EXTENDED_BY_PROVIDER,
        /** The customer asked for more time. */
        EXTENDED_BY_CUSTOMER
    }

    /**
     * The retention ends later than announced before (rows P1.6a and P4.4). Only notices of this version count from now
     * on.
     *
     * @param version of the schedule; that of {@link RetentionStarted} is 1
     * @param retentionEndsAt later than in the version before
     * @param warnings as in {@link RetentionStarted}; empty if the new end leaves no time for one: then the notice of
     *     the new end is the last
     * @param timeZone as in {@link RetentionStarted}
     */
    record RetentionRescheduled(
            UUID terminationId,
            int version,
            Instant retentionEndsAt,
            List<Instant> warnings,
            RescheduleCause cause,
            String timeZone)
            implements LifecycleFact {}

    /**
     * A legal hold forbids the deletion of a tenant's data, or of one asset's, until it is released. It also binds
     * terminations that are requested later. Who ordered it, and why, stays in the lifecycle service.
     *
     * @param assetId the only asset that it is about; null for everything that the tenant has
     * @param reviewAt when somebody must look at whether it is still needed
     */
    record LegalHoldSet(UUID holdId, @Nullable UUID assetId, Instant reviewAt) implements LifecycleFact {}

    /** A hold was released, by another person than the one who set it. Other holds of the tenant stay. */
    record LegalHoldReleased(UUID holdId) implements LifecycleFact {}

    /**
     * The review of a hold was due and did not take place. The hold stays in force.
     *
     * @param reviewAt when it was due
     */
    record LegalHoldReviewOverdue(UUID holdId, Instant reviewAt) implements LifecycleFact {}

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
     * Two different people attest that an asset or a disk of the manifest is lost: it was searched for and not found
     * (rows P2.1 and P2.3). The certificate says so.
     *
     * @param disk the lost disk, as the manifest lists it; null if the asset itself is lost
     * @param askedBy the identity provider's subject of the first person: an opaque id
     * @param attestedBy the second person's
     */
    record LossAttested(
            UUID terminationId, UUID assetId, @Nullable Disk disk, String askedBy, String attestedBy)
            implements LifecycleFact {}

    /** The termination is cancelled: everything must be restored. */
    record RestorationStarted(UUID terminationId) implements LifecycleFact {}

    /** The restoration is complete; the termination is over without a deletion. */
    record TerminationCancelled(UUID terminationId) implements LifecycleFact {}

    /**
     * The retention is over and nothing forbids the deletion: the data must be sanitized now (row P2.1).
     *
     * @param manifestDigest of the manifest to delete, as {@link ProvisioningFact.TenantDisabled} published it; a
     *     service that knows another manifest deletes nothing
     */
    record DeletionStarted(UUID terminationId, String manifestDigest) implements LifecycleFact {}

    /**
     * The signed certificate of deletion can be fetched from the lifecycle service (row P2.3).
     *
     * @param sha256 hash of the certificate's signed payload, hexadecimal
     */
    record DeletionCertificateIssued(UUID terminationId, UUID certificateId, String sha256) implements LifecycleFact {}

    /** The deletion is complete and certified. */
    record TenantDeleted(UUID terminationId) implements LifecycleFact {}
}

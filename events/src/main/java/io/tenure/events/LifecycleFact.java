package io.tenure.events;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

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

    /** The termination is called back: everything is to be restored. */
    record RestorationStarted(UUID terminationId) implements LifecycleFact {}

    /** The tenant is as before; the termination ended without a deletion. */
    record TerminationCancelled(UUID terminationId) implements LifecycleFact {}

    /**
     * The retention is over and nothing holds the data back: it is to be sanitized now (row P2.1).
     *
     * @param manifestDigest of the manifest that is to be deleted, as {@link ProvisioningFact.TenantDisabled} told it; whoever
     *     knows another manifest deletes nothing
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

package io.tenure.provisioning.tenant;

/** Where a tenant stands. */
public enum TenantStatus {
    /** Orders are taken. */
    ACTIVE,
    /** A termination was requested; assets are being disabled (matrix row P1.6a). */
    DISABLING,
    /** Everything is disabled; the data waits for the end of the retention. */
    DISABLED,
    /** The termination was called back; assets are being restored. */
    RESTORING,
    /** The retention is over; disks are being sanitized (row P2.1). */
    DELETING,
    /** No platform holds anything of the tenant any more. */
    DELETED
}

package io.tenure.provisioning.tenant;

/** The status of a tenant. */
public enum TenantStatus {
    /** Orders are taken. */
    ACTIVE,
    /** A termination was requested; assets are being disabled (matrix row P1.6a). */
    DISABLING,
    /** Everything is disabled; the data is retained. */
    DISABLED,
    /** The termination was cancelled; assets are being restored. */
    RESTORING,
    /** The retention is over; disks are being sanitized (row P2.1). */
    DELETING,
    /** No platform holds anything of the tenant any more. */
    DELETED
}

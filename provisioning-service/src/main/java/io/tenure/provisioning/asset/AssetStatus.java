package io.tenure.provisioning.asset;

/** The status of an asset. */
public enum AssetStatus {
    /** Ordered, not made yet. */
    ORDERED,
    /** In use. */
    PROVISIONED,
    /** The platform can never make it. */
    FAILED,
    /** Being made unreachable. */
    DISABLING,
    /** Nobody can reach it or its disks; the data is untouched (matrix rows P1.6a and P2.2a). */
    DISABLED,
    /** Being brought back to what it was. */
    RESTORING,
    /** Its disks are being overwritten and verified (rows P2.1 and P4.4). */
    SANITIZING,
    /** Its disks were overwritten, verified and removed; it is gone. */
    SANITIZED,
    /** Two people attested that it cannot be found (row P2.3). */
    LOST,
    /** Its owner had removed it before it was disabled. */
    REMOVED;

    /** Whether the platform has work to do for it. */
    public boolean isUnderWay() {
        return switch (this) {
            case ORDERED, DISABLING, RESTORING, SANITIZING -> true;
            case PROVISIONED, FAILED, DISABLED, SANITIZED, LOST, REMOVED -> false;
        };
    }
}

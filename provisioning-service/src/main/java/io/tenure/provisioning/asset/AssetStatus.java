package io.tenure.provisioning.asset;

/** Where an asset stands. */
public enum AssetStatus {
    /** The platform is to make it. */
    ORDERED,
    /** It can be used. */
    PROVISIONED,
    /** It could not be made, for good. */
    FAILED,
    /** It is to be made unreachable. */
    DISABLING,
    /** Nobody reaches it or its disks; the data is untouched (matrix rows P1.6a and P2.2a). */
    DISABLED,
    /** It is to become what it was before. */
    RESTORING,
    /** Its disks are being overwritten and verified (rows P2.1 and P4.4). */
    SANITIZING,
    /** Its disks were overwritten, verified and removed; it is gone. */
    SANITIZED,
    /** It is nowhere to be found, as two people attested (row P2.3). */
    LOST,
    /** Its owner had removed it before it was disabled. */
    REMOVED;

    /** Whether a platform has something to do. */
    public boolean isUnderWay() {
        return switch (this) {
            case ORDERED, DISABLING, RESTORING, SANITIZING -> true;
            case PROVISIONED, FAILED, DISABLED, SANITIZED, LOST, REMOVED -> false;
        };
    }
}

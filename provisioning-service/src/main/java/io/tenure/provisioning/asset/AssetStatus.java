package io.tenure.provisioning.asset;

import io.tenure.events.AssetAction;
import java.util.Optional;

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

    /** What the platform has to do for it; empty if nothing. */
    Optional<AssetAction> action() {
        return switch (this) {
            case ORDERED -> Optional.of(AssetAction.PROVISION);
            case DISABLING -> Optional.of(AssetAction.DISABLE);
            case RESTORING -> Optional.of(AssetAction.RESTORE);
            case SANITIZING -> Optional.of(AssetAction.SANITIZE);
            case PROVISIONED, FAILED, DISABLED, SANITIZED, LOST, REMOVED -> Optional.empty();
        };
    }

    /** Whether the platform has work to do for it. */
    public boolean isUnderWay() {
        return action().isPresent();
    }
}

package io.tenure.platform;

import java.util.UUID;

/** Which asset on the platform. */
public sealed interface AssetRef {

    UUID tenantId();

    /** A VM or VDC that the provider made. */
    record Own(UUID tenantId, UUID assetId) implements AssetRef {}

    /**
     * A machine that the tenant made inside its VDC.
     *
     * @param name as in an {@link Inventory}; unusual characters are percent-encoded
     */
    record InVdc(UUID tenantId, UUID vdcId, String name) implements AssetRef {}
}

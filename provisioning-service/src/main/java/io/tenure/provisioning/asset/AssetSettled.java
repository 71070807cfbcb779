package io.tenure.provisioning.asset;

import io.smallrye.mutiny.Uni;
import io.tenure.provisioning.tenant.Tenant;

/** Hears when the hypervisor has caught up with an asset's status. */
public interface AssetSettled {

    /** One of the tenant's assets is settled; in the transaction that says so, with the tenant locked. */
    Uni<Void> settled(Tenant tenant);
}

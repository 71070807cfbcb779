package io.tenure.provisioning.platform;

import io.tenure.events.AssetKind;
import io.tenure.events.ProvisioningFact.Disk;
import java.util.List;

/**
 * What a platform holds for a tenant.
 *
 * @param strays how many things lie in the tenant's area that are no assets
 */
public record Inventory(List<Item> items, int strays) {

    public Inventory {
        items = List.copyOf(items);
    }

    /** Whether nothing of the tenant is left. */
    public boolean isEmpty() {
        return items.isEmpty() && strays == 0;
    }

    /** An asset. @param disabled whether it and all its disks are unreachable */
    public record Item(AssetRef ref, AssetKind kind, boolean disabled, List<Disk> disks) {}
}

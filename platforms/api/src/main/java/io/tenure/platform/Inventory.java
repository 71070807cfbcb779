package io.tenure.platform;

import io.tenure.events.AssetKind;
import io.tenure.events.ProvisioningFact.Disk;
import java.util.List;

/**
 * What a platform holds for a tenant.
 *
 * @param findings what lies beside the assets
 */
public record Inventory(List<Item> items, List<Found> findings) {

    public Inventory {
        items = List.copyOf(items);
        findings = List.copyOf(findings);
    }

    /** Whether nothing of the tenant is left. */
    public boolean isEmpty() {
        return items.isEmpty() && findings.isEmpty();
    }

    /**
     * An asset.
     *
     * @param marked whether it carries the tenant's mark on the platform; a machine carries that of its virtual data center
     * @param place where it lies; null for a machine, which lies in its virtual data center
     * @param disabled whether it and all its disks are unreachable
     */
    public record Item(AssetRef ref, AssetKind kind, boolean marked, Place place, boolean disabled, List<Disk> disks) {

        public Item {
            disks = List.copyOf(disks);
        }

        public long bytes() {
            return disks.stream().mapToLong(Disk::bytes).sum();
        }
    }

    /** Something in the tenant's area that is not one of its assets. @param open whether it can be reached */
    public record Found(Place place, Mark mark, long bytes, boolean open) {}

    /** Whose something is, by the mark that it carries. */
    public enum Mark {
        /** Nobody's. */
        NONE,
        /** The tenant's. */
        OWN,
        /** Another tenant's; it is in the wrong place, and is not touched. */
        FOREIGN
    }

    /** Where something lies in a tenant's area. @param name unusual characters are percent-encoded */
    public record Place(String location, String name) {}
}

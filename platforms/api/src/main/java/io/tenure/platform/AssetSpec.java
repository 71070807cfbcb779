package io.tenure.platform;

import io.tenure.events.AssetKind;
import java.util.Objects;

/**
 * What to make; sizes in MiB.
 *
 * @param kind {@link AssetKind#VM} or {@link AssetKind#VDC}: nothing is made inside a customer's VDC (row C1.2)
 * @param image what a VM boots; null for a VDC
 * @param storageMiB size of a VM's disk, or of a VDC's storage
 * @param location where it must lie
 */
public record AssetSpec(
        AssetRef.Own ref, AssetKind kind, String image, int vcpus, int memoryMiB, int storageMiB, String location) {

    public AssetSpec {
        Objects.requireNonNull(ref, "ref");
        Objects.requireNonNull(location, "location");
        if (kind != AssetKind.VM && kind != AssetKind.VDC) {
            throw new IllegalArgumentException("The provider makes VMs and VDCs only");
        }
    }
}

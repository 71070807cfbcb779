package io.tenure.platform;

import io.tenure.events.ProvisioningFact.Disk;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a platform must show of an asset that it disabled: the disks that the asset had then, but for those that two people
 * attested as lost. A lost disk that turns up again is one of them like any other.
 *
 * @param disks all of them, also the lost ones
 * @param assetLost whether the asset itself is lost, and all disks with it
 * @param lostDisks names of the lost disks
 */
public record Expected(List<Disk> disks, boolean assetLost, Set<String> lostDisks) {

    public Expected {
        disks = List.copyOf(disks);
        lostDisks = Set.copyOf(lostDisks);
    }

    /** Of an asset of which nothing is lost. */
    public static Expected all(List<Disk> disks) {
        return new Expected(disks, false, Set.of());
    }

    /** Whether a disk may be missing. */
    public boolean isLost(Disk disk) {
        return assetLost || lostDisks.contains(disk.name());
    }

    /** Those that must be there and are not, or have another size. */
    public List<Disk> missing(List<Disk> present) {
        Set<Disk> there = new HashSet<>(present);
        return disks.stream()
                .filter(disk -> !isLost(disk) && !there.contains(disk))
                .toList();
    }

    /** Those that are there and were not disabled with the asset. */
    public List<Disk> unknown(List<Disk> present) {
        Set<Disk> known = new HashSet<>(disks);
        return present.stream().filter(disk -> !known.contains(disk)).toList();
    }

    /** @throws DriverException if a disk is missing: it may be anywhere */
    public void mustBeAmong(List<Disk> present) {
        int missing = missing(present).size();
        if (missing > 0) {
            throw DriverException.passing(missing + " of the " + disks.size()
                    + " disks that were disabled are not there, or have another size: bring them back, or have their"
                    + " loss attested");
        }
    }
}

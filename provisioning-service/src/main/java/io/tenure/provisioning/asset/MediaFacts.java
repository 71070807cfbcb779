package io.tenure.provisioning.asset;

import io.tenure.events.MediaDigest;
import io.tenure.events.ProvisioningFact;
import io.tenure.events.ProvisioningFact.AssetDisabled;
import io.tenure.events.ProvisioningFact.AssetSanitized;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.MediumDisabled;
import io.tenure.events.ProvisioningFact.MediumSanitized;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.kit.Ids;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The facts about an asset's disks: one per disk, so that no fact grows with their number, and one that closes the
 * list.
 */
final class MediaFacts {

    private MediaFacts() {}

    static List<ProvisioningFact> disabled(UUID termination, Asset asset, List<Disk> disks) {
        UUID run = Ids.next();
        List<ProvisioningFact> facts = new ArrayList<>(disks.size() + 1);
        disks.forEach(disk -> facts.add(new MediumDisabled(termination, asset.id(), run, disk)));
        facts.add(new AssetDisabled(
                termination, asset.id(), asset.kind(), run, disks.size(), MediaDigest.ofDisks(disks)));
        return facts;
    }

    static List<ProvisioningFact> sanitized(UUID termination, Asset asset, List<SanitizedDisk> disks) {
        UUID run = Ids.next();
        List<ProvisioningFact> facts = new ArrayList<>(disks.size() + 1);
        disks.forEach(disk -> facts.add(new MediumSanitized(termination, asset.id(), run, disk)));
        facts.add(new AssetSanitized(
                termination, asset.id(), asset.kind(), run, disks.size(), MediaDigest.ofSanitized(disks)));
        return facts;
    }
}

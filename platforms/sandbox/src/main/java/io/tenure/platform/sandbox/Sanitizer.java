package io.tenure.platform.sandbox;

import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.platform.DriverException;
import io.tenure.platform.Expected;
import io.tenure.platform.sandbox.Steps.Phase;
import io.tenure.platform.sandbox.Steps.Progress;
import io.tenure.platform.sandbox.Steps.Step;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Wipes what belongs to an asset, if it is what is expected, and remembers what was wiped. */
final class Sanitizer {

    private final DiskWiper wiper;

    Sanitizer(DiskWiper wiper) {
        this.wiper = wiper;
    }

    /** Goes on where an earlier attempt ended. The part is disabled, and its lock is the caller's. */
    List<SanitizedDisk> sanitize(Part part, Expected expected, Steps steps) throws IOException {
        part.lock();
        mustBe(expected, part);
        part.hoist();
        part.lock();
        Part.Content content = part.content();
        mustBeInside(expected, part, content);
        AssetState state = part.state();
        Map<String, AssetState.Sanitized> sanitized = state.sanitized();
        List<SanitizedDisk> evidence = new ArrayList<>();
        List<Tree.Node> disks = content.disks().stream()
                .filter(file -> !content.isOutside(file))
                .toList();
        // Each byte is written once and read once.
        long total = 2 * disks.stream().mapToLong(Tree.Node::size).sum();
        long before = 0;
        for (Tree.Node file : disks) {
            String key = part.key(file.path());
            AssetState.Sanitized earlier = sanitized.get(key);
            if (earlier == null || !earlier.covers(file)) {
                long first = before;
                SanitizedDisk disk = wipe(part, file, wipe -> {
                    long verified = wipe.phase() == Phase.VERIFY ? wipe.total() : 0;
                    steps.at(new Step(Math.min(first + verified + wipe.done(), total), total, wipe));
                });
                Tree.Node after = Tree.of(file.path()).files().getFirst();
                sanitized.put(key, AssetState.Sanitized.of(disk, after));
                state.keepSanitized(sanitized);
            }
            evidence.add(sanitized.get(key).disk());
            before += 2 * file.size();
        }
        for (Tree.Node other : content.tree().others()) {
            evidence.add(DiskWiper.nothingToWipe(part.top(), part.diskName(other.path())));
        }
        return evidence;
    }

    /** Refuses what was not wiped, or was touched since. */
    void mustBeDone(Part part, Expected expected) throws IOException {
        Part.Content content = part.content();
        mustBeInside(expected, part, content);
        Map<String, AssetState.Sanitized> sanitized = part.state().sanitized();
        for (Tree.Node file : content.disks()) {
            AssetState.Sanitized proof = sanitized.get(part.key(file.path()));
            if (!content.isOutside(file) && (proof == null || !proof.covers(file))) {
                throw DriverException.passing("a disk is not sanitized");
            }
        }
    }

    private static void mustBe(Expected expected, Part part) throws IOException {
        Part.Content content = part.content();
        if (!content.tree().sealed().isEmpty()) {
            throw DriverException.passing(
                    "something lies too deep in the asset even to be listed: an operator must move it" + " up");
        }
        List<Disk> present = part.disks(content);
        expected.mustBeAmong(present);
        int unknown = expected.unknown(present).size();
        if (unknown > 0) {
            throw DriverException.passing(
                    unknown + " disks are there that were not disabled with the asset; an operator must decide");
        }
    }

    /** What has a name elsewhere may be another's: it is neither overwritten nor called deleted. */
    private static void mustBeInside(Expected expected, Part part, Part.Content content) throws IOException {
        int linked = 0;
        for (Tree.Node file : content.disks()) {
            if (content.isOutside(file) && !expected.isLost(new Disk(part.diskName(file.path()), file.size()))) {
                linked++;
            }
        }
        if (linked > 0) {
            throw DriverException.passing(linked + " disks are linked from outside of the tenant's area, and are not"
                    + " overwritten: remove the other links, or have the loss of the disks attested");
        }
    }

    private SanitizedDisk wipe(Part part, Tree.Node file, Progress progress) throws IOException {
        Tree.setMode(file.path(), 0600);
        try {
            return wiper.wipe(file.path(), part.diskName(file.path()), progress);
        } finally {
            // If the storage was exchanged meanwhile, the file that is there now is another one.
            if (Tree.of(file.path()).files().stream().anyMatch(now -> now.key().equals(file.key()))) {
                Tree.setMode(file.path(), Tree.NO_ACCESS);
            }
        }
    }
}

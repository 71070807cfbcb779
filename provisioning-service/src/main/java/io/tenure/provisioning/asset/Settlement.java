package io.tenure.provisioning.asset;

import io.tenure.events.AssetKind;
import io.tenure.events.ProvisioningFact;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.platform.Expected;
import io.tenure.platform.Outcome;
import io.tenure.platform.Presence;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the outcome of an operation means for an asset. */
sealed interface Settlement {

    /**
     * The asset's status changed.
     *
     * @param disks the asset's disks from now on; empty if they did not change
     * @param facts what to publish
     */
    record Settled(Optional<List<Disk>> disks, List<ProvisioningFact> facts) implements Settlement {

        static Settled telling(ProvisioningFact fact) {
            return new Settled(Optional.empty(), List.of(fact));
        }

        static Settled telling(List<ProvisioningFact> facts) {
            return new Settled(Optional.empty(), facts);
        }

        /** With its disks stored anew. */
        static Settled with(List<Disk> disks, List<ProvisioningFact> facts) {
            return new Settled(Optional.of(disks), facts);
        }
    }

    /** An intermediate step: another operation follows. */
    record Onward() implements Settlement {}

    /** The outcome is not credible or not what is required. @param reason what is wrong and what to do about it */
    record Obstructed(String reason) implements Settlement {}

    /**
     * Checks what the platform reports, and changes the asset accordingly. The caller holds the tenant's lock.
     *
     * @param termination the tenant's latest; null if there never was one
     * @param expected what the platform must still hold of the asset, if it was disabled before
     */
    static Settlement of(Asset asset, UUID termination, Expected expected, Outcome outcome, Instant now) {
        return switch (outcome) {
            case Outcome.Created created ->
                Settled.telling(asset.provisioned(created.location(), created.nativeId(), now));
            case Outcome.TakenIn taken -> {
                asset.madeAnAsset(now);
                yield new Onward();
            }
            case Outcome.Disabled(Presence presence) -> disabled(asset, termination, expected, presence);
            case Outcome.Restored(Presence presence) -> restored(asset, termination, expected, presence);
            case Outcome.Sanitized sanitized -> sanitized(asset, termination, expected, sanitized);
            case Outcome.Deleted deleted -> Settled.telling(asset.sanitized(termination));
            case Outcome.ShutOff shutOff -> throw new IllegalStateException("Assets are disabled, not shut off");
        };
    }

    /**
     * An asset that the platform made and no longer shows does not count as disabled: it may be somewhere else, and
     * reachable. A machine that the customer made may be gone, because the customer can remove it. Once an asset was
     * disabled, a missing disk is accepted only if people attest it lost.
     */
    private static Settlement disabled(Asset asset, UUID termination, Expected expected, Presence presence) {
        List<Disk> present =
                switch (presence) {
                    case Presence.Present(List<Disk> disks) -> disks;
                    case Presence.ProvenAbsent absent -> List.of();
                    case Presence.Unknown unknown -> List.of();
                };
        if (!(presence instanceof Presence.Present) && !mayBeAbsent(asset, presence) && !expected.assetLost()) {
            return new Obstructed("the platform does not show the asset, which it made: bring its storage back, or have"
                    + " its loss attested");
        }
        Set<String> names = present.stream().map(Disk::name).collect(Collectors.toSet());
        List<Disk> gone = expected.disks().stream()
                .filter(disk -> !names.contains(disk.name()))
                .toList();
        long missing = gone.stream().filter(disk -> !expected.isLost(disk)).count();
        if (missing > 0) {
            return new Obstructed(missing + " of the " + expected.disks().size()
                    + " disks that the asset had when it was disabled before are not there: bring them back, or have"
                    + " their loss attested");
        }
        // A lost disk stays in the manifest: the certificate says that it is lost.
        List<Disk> disks = Stream.concat(present.stream(), gone.stream()).toList();
        return Settled.with(disks, asset.disabled(termination, disks));
    }

    /** An asset that was disabled and is missing does not count as restored. */
    private static Settlement restored(Asset asset, UUID termination, Expected expected, Presence presence) {
        boolean neverMade = presence instanceof Presence.ProvenAbsent && asset.provisionedAt == null;
        if (presence instanceof Presence.Present || neverMade) {
            return Settled.with(List.of(), List.of(asset.restored(termination)));
        }
        if (expected.assetLost()) {
            return Settled.with(List.of(), asset.lost(termination));
        }
        if (mayBeAbsent(asset, presence) && expected.disks().isEmpty()) {
            asset.removed();
            return Settled.with(List.of(), List.of());
        }
        return missing();
    }

    private static Settlement sanitized(Asset asset, UUID termination, Expected expected, Outcome.Sanitized sanitized) {
        Presence presence = sanitized.presence();
        if (!(presence instanceof Presence.Present)) {
            if (expected.assetLost()) {
                return Settled.telling(asset.lost(termination));
            }
            if (!mayBeAbsent(asset, presence)) {
                return missing();
            }
        }
        asset.verified(sanitized.disks());
        return new Onward();
    }

    private static Obstructed missing() {
        return new Obstructed(
                "the asset that was disabled is not there: bring its storage back, or have its loss attested");
    }

    /** If a platform denies an asset that it once made, it may not be the same platform any more. */
    private static boolean mayBeAbsent(Asset asset, Presence presence) {
        return switch (presence) {
            case Presence.Present present -> false;
            case Presence.Unknown unknown -> false;
            case Presence.ProvenAbsent absent -> asset.provisionedAt == null || asset.kind() == AssetKind.VDC_VM;
        };
    }
}

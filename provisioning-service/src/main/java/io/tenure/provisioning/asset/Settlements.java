package io.tenure.provisioning.asset;

import io.tenure.events.AssetKind;
import io.tenure.events.ProvisioningFact;
import io.tenure.events.ProvisioningFact.AssetRestored;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.ProvisioningFailed;
import io.tenure.events.ProvisioningFact.VdcProvisioned;
import io.tenure.events.ProvisioningFact.VmProvisioned;
import io.tenure.platform.Expected;
import io.tenure.platform.Outcome;
import io.tenure.platform.Presence;
import io.tenure.provisioning.asset.Settlement.Obstructed;
import io.tenure.provisioning.asset.Settlement.Onward;
import io.tenure.provisioning.asset.Settlement.Settled;
import io.tenure.provisioning.tenant.Tenant;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Checks what platforms report and changes the asset's status. In a transaction that holds the tenant's lock. */
@ApplicationScoped
class Settlements {

    private static final String GONE =
            "the platform does not show the asset, which it made: bring its storage back, or have its loss attested";

    private final EvidenceJson evidence;

    Settlements(EvidenceJson evidence) {
        this.evidence = evidence;
    }

    /** @param expected what the platform must still hold of the asset, if it was disabled before */
    Settlement of(Tenant tenant, Asset asset, Expected expected, Outcome outcome, Instant now) {
        return switch (outcome) {
            case Outcome.Created created -> {
                asset.provisioned(created.location(), created.nativeId(), now);
                yield Settled.telling(provisioned(asset));
            }
            case Outcome.TakenIn taken -> {
                asset.madeAnAsset(now);
                yield new Onward();
            }
            case Outcome.Disabled(Presence presence) -> disabled(tenant, asset, expected, presence);
            case Outcome.Restored(Presence presence) -> restored(tenant, asset, expected, presence);
            case Outcome.Sanitized sanitized -> sanitized(tenant, asset, expected, sanitized);
            case Outcome.Deleted deleted -> {
                asset.sanitized();
                yield Settled.telling(MediaFacts.sanitized(tenant, asset, evidence.read(asset.evidence())));
            }
            case Outcome.ShutOff shutOff -> throw new IllegalStateException("Assets are disabled, not shut off");
        };
    }

    /** If a platform denies an asset that it once made, it may not be the same platform any more. */
    private static boolean mayBeAbsent(Asset asset, Presence presence) {
        return switch (presence) {
            case Presence.Present present -> false;
            case Presence.Unknown unknown -> false;
            case Presence.ProvenAbsent absent -> asset.provisionedAt == null || asset.kind() == AssetKind.VDC_VM;
        };
    }

    /**
     * An asset that the platform made and no longer shows does not count as disabled: it may be somewhere else, and
     * reachable. A machine that the customer made may be gone, because the customer can remove it. Once an asset was
     * disabled, a missing disk is accepted only if people attest it lost.
     */
    private static Settlement disabled(Tenant tenant, Asset asset, Expected expected, Presence presence) {
        List<Disk> present =
                switch (presence) {
                    case Presence.Present(List<Disk> disks) -> disks;
                    case Presence.ProvenAbsent absent -> List.of();
                    case Presence.Unknown unknown -> List.of();
                };
        if (!(presence instanceof Presence.Present) && !mayBeAbsent(asset, presence) && !expected.assetLost()) {
            return new Obstructed(GONE);
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
        asset.disabled();
        return new Settled(Optional.of(disks), MediaFacts.disabled(tenant, asset, disks));
    }

    /** An asset that was disabled and is missing does not count as restored. */
    private static Settlement restored(Tenant tenant, Asset asset, Expected expected, Presence presence) {
        boolean neverMade = presence instanceof Presence.ProvenAbsent && asset.provisionedAt == null;
        if (presence instanceof Presence.Present || neverMade) {
            asset.restored();
            return new Settled(
                    Optional.of(List.of()),
                    List.of(new AssetRestored(tenant.terminationId(), asset.id(), asset.kind())));
        }
        if (expected.assetLost()) {
            asset.lost();
        } else if (mayBeAbsent(asset, presence) && expected.disks().isEmpty()) {
            asset.removed();
        } else {
            return new Obstructed(
                    "the asset that was disabled is not there: bring its storage back, or have its loss attested");
        }
        return new Settled(Optional.of(List.of()), List.of());
    }

    private Settlement sanitized(Tenant tenant, Asset asset, Expected expected, Outcome.Sanitized sanitized) {
        Presence presence = sanitized.presence();
        if (!(presence instanceof Presence.Present)) {
            if (expected.assetLost()) {
                asset.lost();
                return Settled.telling(MediaFacts.sanitized(tenant, asset, List.of()));
            }
            if (!mayBeAbsent(asset, presence)) {
                return new Obstructed(
                        "the asset that was disabled is not there: bring its storage back, or have its loss attested");
            }
        }
        asset.verified(evidence.write(sanitized.disks()));
        return new Onward();
    }

    /** The platform will never make it. */
    Settled impossible(Asset asset, String reason) {
        asset.failed(reason);
        return Settled.telling(new ProvisioningFailed(asset.id(), asset.kind(), reason));
    }

    private static ProvisioningFact provisioned(Asset asset) {
        return asset.kind() == AssetKind.VM
                ? new VmProvisioned(
                        asset.id(), asset.image, asset.vcpus, asset.memoryMib, asset.storageMib, asset.placement)
                : new VdcProvisioned(asset.id(), asset.vcpus, asset.memoryMib, asset.storageMib, asset.placement);
    }
}

package io.tenure.provisioning.termination;

import io.tenure.events.ProvisioningFact.Medium;
import io.tenure.platform.AssetRef;
import io.tenure.platform.Command.ShutOff;
import io.tenure.platform.Inventory;
import io.tenure.provisioning.asset.Asset;
import io.tenure.provisioning.asset.AssetStatus;
import io.tenure.provisioning.asset.Losses;
import io.tenure.provisioning.finding.Findings.Beside;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Compares what platforms hold of a tenant with the records. */
final class Comparison {

    private final UUID tenantId;
    private final Map<AssetRef, Asset> records;
    private final List<Shown> shown;
    private final List<Beside> findings;

    /** An asset on a platform. */
    record Shown(String platform, Inventory.Item item) {}

    /** @param seen each platform's inventory, by platform name */
    Comparison(UUID tenantId, List<Asset> all, Map<String, Inventory> seen) {
        this.tenantId = tenantId;
        this.records = all.stream().collect(Collectors.toMap(Asset::ref, Function.identity()));
        this.shown = seen.entrySet().stream()
                .flatMap(one -> one.getValue().items().stream().map(item -> new Shown(one.getKey(), item)))
                .toList();
        this.findings = seen.entrySet().stream()
                .flatMap(one -> one.getValue().findings().stream().map(found -> new Beside(one.getKey(), found)))
                .toList();
    }

    /** Whether nothing of the tenant is left on any platform. */
    boolean isEmpty() {
        return shown.isEmpty() && findings.isEmpty();
    }

    /** The recorded asset on this platform; null if there is none. */
    Asset recorded(Shown one) {
        Asset asset = records.get(one.item().ref());
        return asset != null && asset.platform().equals(one.platform()) ? asset : null;
    }

    /** Whether the records have it on another platform: then this is a copy, and a person must decide. */
    private boolean isCopy(Shown one) {
        return records.containsKey(one.item().ref()) && recorded(one) == null;
    }

    /** Whether an asset that is not in the records is certainly the tenant's. */
    private boolean isOwn(Shown one) {
        if (isCopy(one)) {
            return false;
        }
        return switch (one.item().ref()) {
            case AssetRef.Own own -> one.item().marked();
            case AssetRef.InVdc machine ->
                one.item().marked() || records.containsKey(new AssetRef.Own(machine.tenantId(), machine.vdcId()));
        };
    }

    /** Everything in the tenant's area that is not one of its assets, including unrecorded things without our mark. */
    List<Beside> beside() {
        return Stream.concat(
                        findings.stream(),
                        shown.stream()
                                .filter(one -> one.item().place() != null
                                        && (isCopy(one) || recorded(one) == null && !isOwn(one)))
                                .map(Comparison::asFinding))
                .toList();
    }

    /** Everything that is still there. When a tenant is being deleted, none of it belongs to the manifest any more. */
    List<Beside> left() {
        List<Beside> beside = beside();
        Set<Inventory.Place> listed =
                beside.stream().map(one -> one.found().place()).collect(Collectors.toSet());
        return Stream.concat(
                        beside.stream(),
                        shown.stream()
                                .filter(one -> one.item().place() != null
                                        && !listed.contains(one.item().place()))
                                .map(Comparison::asFinding))
                .toList();
    }

    private static Beside asFinding(Shown one) {
        Inventory.Item item = one.item();
        return new Beside(
                one.platform(),
                new Inventory.Found(
                        item.place(),
                        item.marked() ? Inventory.Mark.OWN : Inventory.Mark.NONE,
                        item.bytes(),
                        !item.disabled()));
    }

    /**
     * What can be reached and must be shut off, by platform. That is everything in the tenant's area, whoever it
     * belongs to, except what carries another tenant's mark.
     *
     * @param frozen whether the manifest is frozen: what is not in it is then shut off, not disabled as an asset
     */
    Map<String, ShutOff> open(boolean frozen) {
        Map<String, Set<Inventory.Place>> places = new HashMap<>();
        Map<String, Set<AssetRef>> assets = new HashMap<>();
        for (Beside one : findings) {
            if (one.found().open() && one.found().mark() == Inventory.Mark.NONE) {
                places.computeIfAbsent(one.platform(), unused -> new HashSet<>())
                        .add(one.found().place());
            }
        }
        for (Shown one : shown) {
            Inventory.Item item = one.item();
            if (item.disabled()) {
                continue;
            }
            boolean known = recorded(one) != null;
            if (isCopy(one) || frozen && (known || item.marked())) {
                assets.computeIfAbsent(one.platform(), unused -> new HashSet<>())
                        .add(item.ref());
            } else if (!known && !item.marked() && item.place() != null) {
                places.computeIfAbsent(one.platform(), unused -> new HashSet<>())
                        .add(item.place());
            }
        }
        return Stream.concat(places.keySet().stream(), assets.keySet().stream())
                .distinct()
                .collect(Collectors.toMap(
                        Function.identity(),
                        platform -> new ShutOff(
                                tenantId,
                                places.getOrDefault(platform, Set.of()),
                                assets.getOrDefault(platform, Set.of()))));
    }

    /** The tenant's assets that can be reached, or that are not recorded as disabled, or not recorded at all. */
    List<Shown> toDisable() {
        return shown.stream()
                .filter(one -> {
                    Asset asset = recorded(one);
                    return asset == null
                            ? isOwn(one)
                            : !one.item().disabled() || asset.status() != AssetStatus.DISABLED;
                })
                .toList();
    }

    /** How many assets are certainly the tenant's. */
    long owned() {
        return shown.stream().filter(one -> recorded(one) != null || isOwn(one)).count();
    }

    /** Whether the platforms show exactly the disks of the manifest, apart from lost ones. */
    boolean shows(List<Medium> manifest, Losses.All lost) {
        Set<Medium> there = shown.stream()
                .filter(one -> recorded(one) != null)
                .flatMap(one -> one.item().disks().stream()
                        .map(disk -> new Medium(recorded(one).id(), disk.name(), disk.bytes())))
                .collect(Collectors.toSet());
        return Set.copyOf(manifest).containsAll(there)
                && manifest.stream().allMatch(medium -> there.contains(medium) || lost.covers(medium));
    }
}

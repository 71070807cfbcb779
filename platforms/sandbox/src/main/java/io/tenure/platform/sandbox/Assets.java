package io.tenure.platform.sandbox;

import io.tenure.events.AssetKind;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.platform.AssetRef;
import io.tenure.platform.AssetRef.InVdc;
import io.tenure.platform.AssetRef.Own;
import io.tenure.platform.AssetSpec;
import io.tenure.platform.Command;
import io.tenure.platform.DriverException;
import io.tenure.platform.Expected;
import io.tenure.platform.Inventory;
import io.tenure.platform.Operation;
import io.tenure.platform.Outcome;
import io.tenure.platform.Presence;
import io.tenure.platform.sandbox.Steps.Step;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Carries out commands on assets, and lists what there is. The decisive step of each command is one atomic rename; what
 * comes before it can be thrown away, and what comes after is repeated until it is done.
 */
final class Assets {

    private static final long MIB = 1 << 20;

    private final SandboxLayout layout;
    private final AssetLocks locks;
    private final Creation creation;
    private final Sanitizer sanitizer;

    Assets(SandboxConfig.Instance config, Set<String> locations, SandboxLayout layout, AssetLocks locks) {
        this.layout = layout;
        this.locks = locks;
        long reserveBytes = config.reserveMib() * MIB;
        this.creation = new Creation(layout, locations, config.largestDiskMib(), reserveBytes);
        this.sanitizer = new Sanitizer(new DiskWiper(reserveBytes));
    }

    /** The caller holds the lock of what the operation is recorded with. */
    Outcome perform(Operation operation, Steps steps) throws IOException {
        return switch (operation.command()) {
            case Command.Create create -> creation.of(create.spec());
            case Command.TakeIn takeIn -> takeIn(takeIn.asset(), takeIn.place());
            case Command.ShutOff shutOff -> shutOff(shutOff, operation.epoch(), steps);
            case Command.Disable disable -> new Outcome.Disabled(disable(disable.asset()));
            case Command.Restore restore ->
                new Outcome.Restored(restore(restore.asset(), restore.expected(), operation.epoch()));
            case Command.Sanitize sanitize -> sanitize(sanitize.asset(), sanitize.expected(), steps);
            case Command.Delete delete -> delete(delete.asset(), delete.expected());
        };
    }

    private Presence disable(AssetRef asset) throws IOException {
        AssetState state = layout.state(asset);
        switch (asset) {
            case Own own -> moveAway(own, state);
            case InVdc machine -> {
                if (layout.vdcOf(machine)
                        .filter(vdc -> !SandboxLayout.isDisabled(vdc))
                        .isPresent()) {
                    throw DriverException.passing("the virtual data center around the machine is not disabled yet");
                }
            }
        }
        Optional<Part> part = part(asset, state);
        if (part.isEmpty()) {
            return absence(asset, state);
        }
        part.get().lock();
        return new Presence.Present(part.get().disks());
    }

    private void moveAway(Own asset, AssetState state) throws IOException {
        Optional<Path> place = layout.find(asset);
        if (place.isEmpty()) {
            state.keepOut();
            creation.forgetUnlessMade(asset, state);
        } else if (!SandboxLayout.isDisabled(place.get())) {
            DurableFiles.move(place.get(), SandboxLayout.disabled(place.get()));
        }
        // We hold its lock, so whoever was making it is dead; nobody ever used it.
        for (Path left : layout.incomplete(asset)) {
            Tree.of(left).remove();
        }
    }

    /**
     * What it means that an asset is not found: nothing certain, unless it was never made or its owner could remove it.
     */
    private Presence absence(AssetRef asset, AssetState state) throws IOException {
        boolean proven =
                switch (asset) {
                    case Own own -> state.madeIn().isEmpty();
                    case InVdc machine ->
                        layout.vdcOf(machine).isPresent()
                                || layout.state(new Own(machine.tenantId(), machine.vdcId()))
                                        .madeIn()
                                        .isEmpty();
                };
        return proven ? new Presence.ProvenAbsent() : new Presence.Unknown();
    }

    private Presence restore(AssetRef asset, Expected expected, long epoch) throws IOException {
        boolean latest = endShuttingOff(asset.tenantId(), epoch);
        AssetState state = layout.state(asset);
        Optional<Part> part = part(asset, state);
        Presence presence;
        if (part.isEmpty()) {
            presence = absence(asset, state);
        } else {
            boolean disabled = SandboxLayout.isDisabled(part.get().asset());
            List<Disk> disks = part.get().disks();
            if (disabled) {
                expected.mustBeAmong(disks);
            }
            part.get().unlock();
            if (disabled && asset instanceof Own) {
                DurableFiles.move(
                        part.get().asset(), SandboxLayout.inUse(part.get().asset()));
            }
            presence = new Presence.Present(disks);
        }
        boolean known = !(presence instanceof Presence.Unknown);
        if (known) {
            state.forgetModes();
            state.letIn();
        }
        if (latest && (known || expected.assetLost()) && asset instanceof Own && layout.hasFindings(asset.tenantId())) {
            openFindings(asset.tenantId());
        }
        return presence;
    }

    /** Everything that there is of a tenant. */
    Inventory inventory(UUID tenantId) throws IOException {
        List<Inventory.Item> items = new ArrayList<>();
        List<Inventory.Found> findings = new ArrayList<>();
        List<Path> areas = layout.areas(tenantId);
        for (Path area : areas) {
            for (Path entry : SandboxLayout.list(area)) {
                Optional<UUID> owner = SandboxLayout.owner(entry);
                if (owner.isPresent() && !owner.get().equals(tenantId)) {
                    findings.add(new Inventory.Found(
                            SandboxLayout.place(entry), Inventory.Mark.FOREIGN, bytes(entry), false));
                } else if (SandboxLayout.assetId(entry).isEmpty()) {
                    findings.add(new Inventory.Found(
                            SandboxLayout.place(entry),
                            Inventory.Mark.NONE,
                            bytes(entry),
                            !finding(tenantId, entry, areas).isShut()));
                } else {
                    items.addAll(items(tenantId, entry, owner.isPresent(), areas));
                }
            }
        }
        return new Inventory(items, findings);
    }

    private List<Inventory.Item> items(UUID tenantId, Path entry, boolean marked, List<Path> areas) throws IOException {
        List<Inventory.Item> items = new ArrayList<>();
        Own asset = new Own(tenantId, SandboxLayout.assetId(entry).orElseThrow());
        Part own = new Part(entry, entry, true, areas, layout.state(asset));
        items.add(new Inventory.Item(
                asset, SandboxLayout.kind(entry), marked, SandboxLayout.place(entry), own.isLocked(), own.disks()));
        for (Path directory : SandboxLayout.machines(entry)) {
            InVdc machine = new InVdc(tenantId, asset.assetId(), EncodedPath.of(directory.getFileName()));
            Part part = new Part(entry, directory, false, areas, layout.state(machine));
            items.add(new Inventory.Item(machine, AssetKind.VDC_VM, marked, null, part.isLocked(), part.disks()));
        }
        return items;
    }

    private static long bytes(Path entry) throws IOException {
        return Tree.of(entry).files().stream().mapToLong(Tree.Node::size).sum();
    }

    private Part finding(UUID tenantId, Path entry, List<Path> areas) {
        return new Part(entry, entry, false, areas, layout.state(tenantId, SandboxLayout.place(entry)));
    }

    /** Shuts off as much as it can, even if one item fails; each is locked and checked by itself. */
    private Outcome shutOff(Command.ShutOff order, long epoch, Steps steps) throws IOException {
        List<AssetLocks.Work<Void>> works = new ArrayList<>();
        for (Inventory.Place place : order.places()) {
            works.add(() -> shutOff(order.tenantId(), place, epoch));
        }
        // Virtual data centers come before their machines.
        order.assets().stream()
                .sorted(Comparator.comparing(asset -> asset instanceof InVdc))
                .forEach(asset -> works.add(() -> shutOff(asset, epoch)));
        List<DriverException> refusals = new ArrayList<>();
        for (int done = 0; done < works.size(); done++) {
            steps.at(new Step(done, works.size(), null));
            try {
                works.get(done).run();
            } catch (DriverException refusal) {
                refusals.add(refusal);
            } catch (IOException failure) {
                refusals.add(Execution.reason(failure));
            }
        }
        if (!refusals.isEmpty()) {
            throw refusals.getFirst();
        }
        return new Outcome.ShutOff();
    }

    private Void shutOff(UUID tenantId, Inventory.Place place, long epoch) throws IOException {
        AssetState state = layout.state(tenantId, place);
        return locks.with(state.key(), () -> {
            layout.journal(state.key()).admit(epoch);
            Path entry = layout.entry(tenantId, place);
            SandboxLayout.mustNotBeForeign(tenantId, entry);
            finding(tenantId, entry, layout.areas(tenantId)).lock();
            return null;
        });
    }

    private Void shutOff(AssetRef asset, long epoch) throws IOException {
        String key = layout.state(asset).key();
        return locks.with(key, () -> {
            layout.journal(key).admit(epoch);
            disable(asset);
            return null;
        });
    }

    /**
     * Waits for whoever is shutting things off in the tenant's area, and keeps late workers from beginning with it.
     *
     * @return false if a later worker was there before: one that restores another of the tenant's assets, or one that
     *     shuts off again; what lies beside the assets is up to that one
     */
    private boolean endShuttingOff(UUID tenantId, long epoch) throws IOException {
        String key = SandboxLayout.key(tenantId);
        return locks.with(key, () -> layout.journal(key).raise(epoch));
    }

    /** What lies beside the assets is given back together with the one whose worker is the latest. */
    private void openFindings(UUID tenantId) throws IOException {
        List<Path> areas = layout.areas(tenantId);
        for (Path area : areas) {
            for (Path entry : SandboxLayout.list(area)) {
                Part finding = finding(tenantId, entry, areas);
                if (!finding.state().modes().isEmpty()) {
                    finding.unlock();
                    finding.state().forget();
                }
            }
        }
    }

    private Outcome takeIn(Own asset, Inventory.Place found) throws IOException {
        AssetState state = layout.state(asset);
        if (layout.find(asset).isEmpty()) {
            move(asset, found, state);
        }
        Optional<Part> part = part(asset, state);
        if (part.isPresent() && SandboxLayout.isDisabled(part.get().asset())) {
            part.get().lock();
        }
        return new Outcome.TakenIn();
    }

    /** Makes what was found an asset; its permissions are those of before it was shut off. */
    private void move(Own asset, Inventory.Place place, AssetState state) throws IOException {
        Path taking = layout.taking(place.location(), asset);
        Path source = layout.entry(asset.tenantId(), place);
        Path taken = SandboxLayout.taken(taking).resolve(source.getFileName());
        if (Files.exists(source, LinkOption.NOFOLLOW_LINKS)) {
            SandboxLayout.mustNotBeForeign(asset.tenantId(), source);
            Files.createDirectories(taking);
            Tree.setMode(taking, Tree.OWNER_ONLY);
            SandboxLayout.describe(taking, new AssetSpec(asset, AssetKind.VM, null, 0, 0, 0, place.location()));
            Files.createDirectories(taken.getParent());
            state.keepMade(place.location());
            DurableFiles.move(source, taken);
        } else if (!Files.exists(taken, LinkOption.NOFOLLOW_LINKS)) {
            throw DriverException.passing(
                    "what was to be taken in is not there any more: bring it back, or have its loss attested");
        }
        AssetState found = layout.state(asset.tenantId(), place);
        new Part(taking, taken, false, layout.areas(asset.tenantId()), found).unlock();
        found.forget();
        DurableFiles.move(taking, SandboxLayout.disabledOf(taking));
    }

    private Outcome sanitize(AssetRef asset, Expected expected, Steps steps) throws IOException {
        AssetState state = layout.state(asset);
        Optional<Part> found = part(asset, state);
        if (found.isEmpty()) {
            expected.mustBeAmong(List.of());
            return new Outcome.Sanitized(absence(asset, state), List.of());
        }
        if (!SandboxLayout.isDisabled(found.get().asset())) {
            throw DriverException.passing("the asset is not disabled");
        }
        Part part = found.get().whole();
        List<SanitizedDisk> evidence = sanitizer.sanitize(part, expected, steps);
        return new Outcome.Sanitized(new Presence.Present(part.disks()), evidence);
    }

    private Outcome delete(AssetRef asset, Expected expected) throws IOException {
        AssetState state = layout.state(asset);
        Optional<Part> found = part(asset, state);
        if (found.isPresent()) {
            Part part = found.get().whole();
            sanitizer.mustBeDone(part, expected);
            state.keepRemoving();
            part.remove();
        } else if (absence(asset, state) instanceof Presence.Unknown && !state.isBeingRemoved()) {
            expected.mustBeAmong(List.of());
        }
        forget(asset, state);
        return new Outcome.Deleted();
    }

    private void forget(AssetRef asset, AssetState state) throws IOException {
        state.forget();
        for (Path area : layout.areas(asset.tenantId())) {
            removeIfEmpty(area);
        }
        if (layout.areas(asset.tenantId()).isEmpty()) {
            layout.forgetFindings(asset.tenantId());
        }
        removeIfEmpty(layout.states(asset.tenantId()));
    }

    private static void removeIfEmpty(Path directory) throws IOException {
        try {
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException stillNeeded) {
            return;
        }
        DurableFiles.sync(directory.getParent());
    }

    /** Where an asset is now; empty if it does not exist. */
    private Optional<Part> part(AssetRef asset, AssetState state) throws IOException {
        List<Path> areas = layout.areas(asset.tenantId());
        return switch (asset) {
            case Own own -> layout.find(own).map(place -> new Part(place, place, true, areas, state));
            case InVdc machine ->
                layout.vdcOf(machine).flatMap(vdc -> SandboxLayout.machine(vdc, machine)
                        .map(top -> new Part(vdc, top, false, areas, state)));
        };
    }
}

package io.tenure.provisioning.platform.sandbox;

import io.tenure.events.AssetKind;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.provisioning.platform.AssetRef.InVdc;
import io.tenure.provisioning.platform.AssetRef.Own;
import io.tenure.provisioning.platform.AssetRef;
import io.tenure.provisioning.platform.AssetSpec;
import io.tenure.provisioning.platform.DriverException;
import io.tenure.provisioning.platform.HypervisorDriver;
import io.tenure.provisioning.platform.Inventory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A platform without processors: disks are real files in a directory, so disabling, overwriting, verifying and removing
 * them is real too. See {@link SandboxLayout} for where they lie. Several replicas may share the directory.
 *
 * <p>The step that counts of each call is one atomic rename; what comes before can be thrown away, and what comes after is
 * repeated until it is done.
 */
public final class SandboxDriver implements HypervisorDriver {

    private static final long MIB = 1 << 20;

    private final SandboxLayout layout;
    private final AssetLocks locks;
    private final DiskWiper wiper;
    private final int largestDiskMib;
    private final long reserveBytes;

    public SandboxDriver(SandboxConfig config) {
        this.layout = new SandboxLayout(config.root().toAbsolutePath().normalize());
        this.locks = new AssetLocks(config.lockWait());
        this.reserveBytes = config.reserveMib() * MIB;
        this.wiper = new DiskWiper(reserveBytes);
        this.largestDiskMib = config.largestDiskMib();
        layout.prepare();
    }

    @Override
    public Optional<UUID> identity() {
        return storage(layout::mark);
    }

    @Override
    public UUID mark(UUID proposed) {
        return storage(() -> {
            if (layout.mark().isEmpty()) {
                layout.mark(proposed);
            }
            return layout.mark().orElseThrow();
        });
    }

    @Override
    public void create(AssetSpec spec) {
        guarded(spec.ref(), state -> {
            if (SandboxLayout.isDirectory(layout.disabled(spec.ref()))) {
                throw DriverException.passing("the asset is disabled");
            }
            if (!SandboxLayout.isDirectory(layout.inUse(spec.ref()))) {
                make(spec);
            }
            return null;
        });
    }

    private void make(AssetSpec spec) throws IOException {
        Path incomplete = layout.incomplete(spec.ref());
        Files.createDirectories(incomplete.getParent());
        // What an earlier attempt left was never anybody's.
        Tree.of(incomplete).remove();
        Files.createDirectory(incomplete);
        SandboxLayout.describe(incomplete, spec);
        if (spec.kind() == AssetKind.VM) {
            fill(incomplete.resolve(SandboxLayout.DISK), spec.storageMiB());
        } else {
            SandboxLayout.prepareMachines(incomplete);
        }
        DurableFiles.sync(incomplete);
        DurableFiles.move(incomplete, layout.inUse(spec.ref()));
    }

    private void fill(Path disk, int mebibytes) throws IOException {
        if (mebibytes > largestDiskMib) {
            throw DriverException.permanent("the platform makes no disk larger than " + largestDiskMib + " MiB");
        }
        if (Files.getFileStore(disk.getParent()).getUsableSpace() < mebibytes * MIB + reserveBytes) {
            throw DriverException.passing("the platform has no room for the disk");
        }
        RandomStream content = new RandomStream();
        byte[] chunk = new byte[(int) MIB];
        try (FileChannel channel = FileChannel.open(disk, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int i = 0; i < mebibytes; i++) {
                content.fill(chunk, chunk.length);
                ByteBuffer buffer = ByteBuffer.wrap(chunk);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
            channel.force(true);
        }
    }

    @Override
    public Disabled disable(AssetRef asset) {
        return guarded(asset, state -> {
            switch (asset) {
                case Own own -> moveAway(own);
                case InVdc machine -> {
                    Optional<Path> vdc = layout.vdcOf(machine);
                    if (vdc.isPresent() && !SandboxLayout.isDisabled(vdc.get())) {
                        throw DriverException.passing("the virtual data center around the machine is not disabled yet");
                    }
                }
            }
            Optional<Part> part = part(asset);
            if (part.isEmpty()) {
                return new Disabled(false, List.of());
            }
            part.get().lock(state);
            // What is empty and undescribed only keeps its place.
            boolean existed = asset instanceof InVdc
                    || SandboxLayout.isDescribed(part.get().asset())
                    || !part.get().disks().isEmpty();
            return new Disabled(existed, part.get().disks());
        });
    }

    private void moveAway(Own asset) throws IOException {
        Path inUse = layout.inUse(asset);
        Path disabled = layout.disabled(asset);
        Files.createDirectories(inUse.getParent());
        // Whoever was making it is dead, for its lock is ours; nobody ever used it.
        Tree.of(layout.incomplete(asset)).remove();
        if (SandboxLayout.isDirectory(inUse)) {
            if (SandboxLayout.isDirectory(disabled) && SandboxLayout.isDescribed(disabled)) {
                layout.mustBeOne(asset);
            }
            DurableFiles.move(inUse, disabled);
        } else if (!SandboxLayout.isDirectory(disabled)) {
            Files.createDirectory(disabled);
            DurableFiles.sync(disabled.getParent());
        }
    }

    @Override
    public void restore(AssetRef asset) {
        guarded(asset, state -> {
            if (asset instanceof Own own) {
                layout.mustBeOne(own);
                Path disabled = layout.disabled(own);
                if (SandboxLayout.isDirectory(disabled) && !SandboxLayout.isDescribed(disabled)) {
                    Tree.of(disabled).remove();
                }
            }
            Optional<Part> part = part(asset);
            if (part.isPresent()) {
                part.get().unlock(state);
                if (asset instanceof Own own
                        && SandboxLayout.isDisabled(part.get().asset())) {
                    DurableFiles.move(part.get().asset(), layout.inUse(own));
                }
            }
            state.forgetModes();
            return null;
        });
    }

    @Override
    public Inventory inventory(UUID tenantId) {
        return storage(() -> {
            List<Inventory.Item> items = new ArrayList<>();
            int strays = 0;
            for (Path entry : SandboxLayout.list(layout.tenant(tenantId))) {
                Optional<UUID> assetId = SandboxLayout.assetId(entry);
                if (assetId.isEmpty()) {
                    strays++;
                    continue;
                }
                Part own = Part.ownOf(entry);
                AssetKind kind = SandboxLayout.kind(entry);
                items.add(new Inventory.Item(new Own(tenantId, assetId.get()), kind, own.isLocked(), own.disks()));
                for (Path machine : SandboxLayout.machines(entry)) {
                    Part part = new Part(entry, machine, false);
                    items.add(new Inventory.Item(
                            new InVdc(tenantId, assetId.get(), EncodedPath.of(machine.getFileName())),
                            AssetKind.VDC_VM,
                            part.isLocked(),
                            part.disks()));
                }
            }
            return new Inventory(items, strays);
        });
    }

    @Override
    public List<SanitizedDisk> sanitize(AssetRef asset, List<Disk> manifest, Progress progress) {
        return guarded(asset, state -> {
            Optional<Part> found = part(asset);
            if (found.isPresent() && !SandboxLayout.isDisabled(found.get().asset())) {
                throw DriverException.passing("the asset is not disabled");
            }
            if (found.isEmpty()) {
                if (!(asset instanceof InVdc machine) || layout.vdcOf(machine).isEmpty()) {
                    // Even one that was never made keeps its place once it is disabled. Only a machine can be gone: its
                    // owner may have removed it from a virtual data center that is there.
                    throw DriverException.passing("the asset that was disabled is not there: bring its storage back");
                }
                mustBe(manifest, List.of());
                forget(asset, state);
                return List.of();
            }
            Part part = found.get().whole();
            part.lock(state);
            mustBe(manifest, part.disks());
            Map<String, AssetState.Sanitized> sanitized = state.sanitized();
            for (Tree.Node file : part.files()) {
                AssetState.Sanitized earlier = sanitized.get(part.key(file.path()));
                if (earlier == null || !earlier.covers(file)) {
                    SanitizedDisk disk = wipe(part, file, progress);
                    Tree.Node after = Tree.of(file.path()).files().getFirst();
                    sanitized.put(part.key(file.path()), AssetState.Sanitized.of(disk, after));
                    state.keepSanitized(sanitized);
                }
            }
            return part.files().stream()
                    .map(file -> sanitized.get(part.key(file.path())).disk())
                    .toList();
        });
    }

    private static void mustBe(List<Disk> manifest, List<Disk> present) {
        Set<Disk> missing = new HashSet<>(manifest);
        present.forEach(missing::remove);
        if (!missing.isEmpty()) {
            throw DriverException.passing(missing.size() + " of the " + manifest.size()
                    + " disks that were disabled are not there, or have another size: bring them back");
        }
        Set<Disk> unknown = new HashSet<>(present);
        manifest.forEach(unknown::remove);
        if (!unknown.isEmpty()) {
            throw DriverException.passing(
                    unknown.size() + " disks are there that were not disabled with the asset; an operator must decide");
        }
    }

    private SanitizedDisk wipe(Part part, Tree.Node file, Progress progress) throws IOException {
        Tree.setMode(file.path(), 0600);
        try {
            return wiper.wipe(file.path(), part.diskName(file.path()), progress);
        } finally {
            Tree.setMode(file.path(), Tree.NO_ACCESS);
        }
    }

    @Override
    public void delete(AssetRef asset) {
        guarded(asset, state -> {
            Optional<Part> found = part(asset);
            if (found.isPresent()) {
                Part part = found.get().whole();
                Map<String, AssetState.Sanitized> sanitized = state.sanitized();
                for (Tree.Node file : part.files()) {
                    AssetState.Sanitized proof = sanitized.get(part.key(file.path()));
                    if (proof == null || !proof.covers(file)) {
                        throw DriverException.passing("a disk is not sanitized");
                    }
                }
                part.remove();
            }
            forget(asset, state);
            return null;
        });
    }

    private void forget(AssetRef asset, AssetState state) throws IOException {
        state.forget();
        removeIfEmpty(layout.tenant(asset.tenantId()));
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
    private Optional<Part> part(AssetRef asset) {
        return switch (asset) {
            case Own own -> {
                layout.mustBeOne(own);
                yield Optional.of(layout.disabled(own))
                        .filter(SandboxLayout::isDirectory)
                        .or(() -> Optional.of(layout.inUse(own)).filter(SandboxLayout::isDirectory))
                        .map(Part::ownOf);
            }
            case InVdc machine ->
                layout.vdcOf(machine)
                        .flatMap(vdc -> SandboxLayout.machine(vdc, machine).map(top -> new Part(vdc, top, false)));
        };
    }

    private <T> T guarded(AssetRef asset, Guarded<T> work) {
        return storage(() -> {
            AssetState state = layout.state(asset);
            return locks.with(state, () -> work.run(state));
        });
    }

    private static <T> T storage(AssetLocks.Work<T> work) {
        try {
            return work.run();
        } catch (IOException failure) {
            throw DriverException.passing("storage: " + DriverException.reasonOf(failure), failure);
        }
    }

    private interface Guarded<T> {
        T run(AssetState state) throws IOException;
    }
}

package io.tenure.provisioning.platform.sandbox;

import io.tenure.events.AssetKind;
import io.tenure.provisioning.platform.AssetRef;
import io.tenure.provisioning.platform.AssetRef.InVdc;
import io.tenure.provisioning.platform.AssetRef.Own;
import io.tenure.provisioning.platform.AssetSpec;
import io.tenure.provisioning.platform.DriverException;
import io.tenure.provisioning.platform.Expected;
import io.tenure.provisioning.platform.HypervisorDriver;
import io.tenure.provisioning.platform.Inventory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
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
    private final Sanitizer sanitizer;
    private final Set<String> locations;
    private final int largestDiskMib;
    private final long reserveBytes;

    public SandboxDriver(SandboxConfig config) {
        this.layout = new SandboxLayout(config.root().toAbsolutePath().normalize());
        this.locks = new AssetLocks(layout.lockFile(), config.lockWait());
        this.reserveBytes = config.reserveMib() * MIB;
        this.sanitizer = new Sanitizer(new DiskWiper(reserveBytes));
        this.locations = Set.copyOf(config.locations());
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
    public Set<String> locations() {
        return locations;
    }

    @Override
    public String create(AssetSpec spec, long epoch) {
        if (!locations.contains(spec.location())) {
            throw DriverException.permanent("the platform has no such location");
        }
        return guarded(spec.ref(), epoch, state -> {
            Optional<Path> place = layout.find(spec.ref());
            if (state.isKeptOut() || place.filter(SandboxLayout::isDisabled).isPresent()) {
                throw DriverException.passing("the asset is disabled");
            }
            if (place.isEmpty()) {
                make(spec);
                return spec.location();
            }
            String location = SandboxLayout.locationOf(place.get());
            if (!location.equals(spec.location())) {
                throw DriverException.passing("the asset lies in another location than the one that was ordered: an"
                        + " operator must move it");
            }
            return location;
        });
    }

    private void make(AssetSpec spec) throws IOException {
        Path incomplete = layout.incomplete(spec.location(), spec.ref());
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
        DurableFiles.move(
                incomplete, incomplete.resolveSibling(spec.ref().assetId().toString()));
    }

    private void fill(Path disk, int mebibytes) throws IOException {
        if (mebibytes > largestDiskMib) {
            throw DriverException.permanent("the platform makes no disk larger than " + largestDiskMib + " MiB");
        }
        long missing = mebibytes * MIB
                + reserveBytes
                - Files.getFileStore(disk.getParent()).getUsableSpace();
        if (missing > 0) {
            throw DriverException.of(
                    new DriverException.Kind.Quota(missing),
                    "the platform has no room for the disk: " + (missing / MIB + 1) + " MiB are missing");
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
    public Disabled disable(AssetRef asset, long epoch) {
        return guarded(asset, epoch, state -> {
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
                return new Disabled(false, List.of());
            }
            part.get().lock();
            return new Disabled(true, part.get().disks());
        });
    }

    private void moveAway(Own asset, AssetState state) throws IOException {
        // Whoever was making it is dead, for its lock is ours; nobody ever used it.
        for (Path left : layout.incomplete(asset)) {
            Tree.of(left).remove();
        }
        Optional<Path> place = layout.find(asset);
        if (place.isEmpty()) {
            state.keepOut();
        } else if (!SandboxLayout.isDisabled(place.get())) {
            DurableFiles.move(place.get(), SandboxLayout.disabled(place.get()));
        }
    }

    @Override
    public boolean restore(AssetRef asset, Expected expected, long epoch) {
        return guarded(asset, epoch, state -> {
            Optional<Part> part = part(asset, state);
            if (part.isPresent()) {
                boolean disabled = SandboxLayout.isDisabled(part.get().asset());
                if (disabled) {
                    expected.mustBeAmong(part.get().disks());
                }
                part.get().unlock();
                if (disabled && asset instanceof Own) {
                    DurableFiles.move(
                            part.get().asset(), SandboxLayout.inUse(part.get().asset()));
                }
            }
            state.forgetModes();
            state.letIn();
            if (asset instanceof Own && layout.hasFindings(asset.tenantId())) {
                openFindings(asset.tenantId());
            }
            return part.isPresent();
        });
    }

    @Override
    public Inventory inventory(UUID tenantId) {
        return storage(() -> {
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
        });
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

    @Override
    public void shutOff(UUID tenantId, Inventory.Place place, long epoch) {
        AssetState state = layout.state(tenantId, place);
        guarded(state, epoch, () -> {
            Path entry = layout.entry(tenantId, place);
            SandboxLayout.mustNotBeForeign(tenantId, entry);
            finding(tenantId, entry, layout.areas(tenantId)).lock();
            return null;
        });
    }

    /** With the first asset that is given back, so is what lies beside it. */
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

    @Override
    public void takeIn(Own asset, Inventory.Place place, long epoch) {
        guarded(asset, epoch, state -> {
            if (layout.find(asset).isPresent()) {
                return null;
            }
            Path taking = layout.taking(place.location(), asset);
            Path source = layout.entry(asset.tenantId(), place);
            Path taken = SandboxLayout.taken(taking).resolve(source.getFileName());
            if (Files.exists(source, LinkOption.NOFOLLOW_LINKS)) {
                SandboxLayout.mustNotBeForeign(asset.tenantId(), source);
                Files.createDirectories(taking);
                Tree.setMode(taking, Tree.OWNER_ONLY);
                SandboxLayout.describe(taking, new AssetSpec(asset, AssetKind.VM, null, 0, 0, 0, place.location()));
                Files.createDirectories(taken.getParent());
                DurableFiles.move(source, taken);
            } else if (!Files.exists(taken, LinkOption.NOFOLLOW_LINKS)) {
                throw DriverException.passing(
                        "what was to be taken in is not there any more: bring it back, or have its" + " loss attested");
            }
            // Its permissions of before are what is to be remembered of it.
            AssetState found = layout.state(asset.tenantId(), place);
            new Part(taking, taken, false, layout.areas(asset.tenantId()), found).unlock();
            found.forget();
            DurableFiles.move(taking, SandboxLayout.disabledOf(taking));
            return null;
        });
    }

    @Override
    public Sanitized sanitize(AssetRef asset, Expected expected, long epoch, Progress progress) {
        return guarded(asset, epoch, state -> {
            Optional<Part> found = part(asset, state);
            if (found.isEmpty()) {
                return absent(asset, expected, state);
            }
            if (!SandboxLayout.isDisabled(found.get().asset())) {
                throw DriverException.passing("the asset is not disabled");
            }
            return new Sanitized(true, sanitizer.sanitize(found.get().whole(), expected, progress));
        });
    }

    /** Only what was never made, what is lost, and a machine that its owner removed from a VDC that is there, may be absent. */
    private Sanitized absent(AssetRef asset, Expected expected, AssetState state) throws IOException {
        boolean known = state.isKeptOut()
                || asset instanceof InVdc machine && layout.vdcOf(machine).isPresent();
        if (!known && !expected.assetLost()) {
            throw DriverException.passing(
                    "the asset that was disabled is not there: bring its storage back, or have its loss attested");
        }
        expected.mustBeAmong(List.of());
        forget(asset, state);
        return new Sanitized(!expected.assetLost(), List.of());
    }

    @Override
    public void delete(AssetRef asset, Expected expected, long epoch) {
        guarded(asset, epoch, state -> {
            Optional<Part> found = part(asset, state);
            if (found.isPresent()) {
                Part part = found.get().whole();
                sanitizer.mustBeDone(part, expected);
                part.remove();
            }
            forget(asset, state);
            return null;
        });
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

    private <T> T guarded(AssetRef asset, long epoch, Guarded<T> work) {
        AssetState state = layout.state(asset);
        return guarded(state, epoch, () -> work.run(state));
    }

    private <T> T guarded(AssetState state, long epoch, AssetLocks.Work<T> work) {
        return storage(() -> locks.with(state.lock(), () -> {
            state.admit(epoch);
            return work.run();
        }));
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

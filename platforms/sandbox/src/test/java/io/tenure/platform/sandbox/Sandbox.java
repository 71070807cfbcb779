package io.tenure.platform.sandbox;

import io.tenure.events.AssetKind;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.platform.AssetRef;
import io.tenure.platform.AssetSpec;
import io.tenure.platform.Expected;
import io.tenure.platform.Presence;
import io.tenure.platform.sandbox.Steps.Progress;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** A platform on a directory of the test's own, and what a test needs to look at it. */
final class Sandbox {

    static final Progress SILENT = wipe -> {};

    static final String LOCATION = "de-fra-1";
    static final String ELSEWHERE = "de-ber-1";

    /** Each call's worker came later than the one before, on whichever sandbox. */
    private static final AtomicLong EPOCHS = new AtomicLong();

    final Path root;
    final Awaited driver;
    final UUID tenant = UUID.randomUUID();
    private volatile Progress progress = SILENT;

    Sandbox(Path root) {
        this.root = root;
        this.driver = new Awaited(platform(root, (operation, step) -> {
            if (step.wipe() != null) {
                progress.at(step.wipe());
            }
        }));
    }

    /** Another replica's. */
    static Awaited driver(Path root) {
        return new Awaited(platform(root, (operation, step) -> {}));
    }

    static SandboxPlatform platform(Path root, Execution.Probe probe) {
        return new SandboxPlatform("sandbox", new Settings(Optional.of(root)), probe);
    }

    record Settings(Optional<Path> root) implements SandboxConfig.Instance {

        @Override
        public Optional<Set<String>> locations() {
            return Optional.of(Set.of(LOCATION, ELSEWHERE));
        }

        @Override
        public int largestDiskMib() {
            return 16;
        }

        @Override
        public int reserveMib() {
            return 1;
        }

        @Override
        public Duration lockWait() {
            return Duration.ofMillis(50);
        }
    }

    static long epoch() {
        return EPOCHS.incrementAndGet();
    }

    String create(AssetSpec spec) {
        return driver.create(spec, epoch());
    }

    Presence disable(AssetRef asset) {
        return driver.disable(asset, epoch());
    }

    /** Disables an asset that is there. @return its disks */
    List<Disk> manifest(AssetRef asset) {
        return ((Presence.Present) disable(asset)).disks();
    }

    /** Gives back an asset that has what it has now. */
    Presence restore(AssetRef asset) {
        return driver.restore(asset, present(asset), epoch());
    }

    void delete(AssetRef asset) {
        driver.delete(asset, present(asset), epoch());
    }

    List<SanitizedDisk> sanitize(AssetRef asset, Expected expected) {
        return driver.sanitize(asset, expected, epoch()).disks();
    }

    /** Sanitizes whatever an asset has now. */
    List<SanitizedDisk> sanitize(AssetRef asset, Progress progress) {
        this.progress = progress;
        try {
            return sanitize(asset, present(asset));
        } finally {
            this.progress = SILENT;
        }
    }

    Expected present(AssetRef asset) {
        return Expected.all(driver.inventory(tenant).items().stream()
                .filter(item -> item.ref().equals(asset))
                .flatMap(item -> item.disks().stream())
                .toList());
    }

    AssetRef.Own vm(int diskMiB) {
        AssetRef.Own ref = new AssetRef.Own(tenant, UUID.randomUUID());
        create(vmSpec(ref, diskMiB));
        return ref;
    }

    AssetRef.Own vdc() {
        AssetRef.Own ref = new AssetRef.Own(tenant, UUID.randomUUID());
        create(new AssetSpec(ref, AssetKind.VDC, null, 4, 4096, 10_240, LOCATION));
        return ref;
    }

    static AssetSpec vmSpec(AssetRef.Own ref, int diskMiB) {
        return new AssetSpec(ref, AssetKind.VM, "debian-13", 1, 512, diskMiB, LOCATION);
    }

    /** A machine that a customer makes in its VDC, as others would write it. */
    AssetRef.InVdc machine(AssetRef.Own vdc, String name, String content) throws IOException {
        Path directory = EncodedPath.resolve(inUse(vdc).resolve("vms"), name);
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("disk.img"), content);
        return new AssetRef.InVdc(tenant, vdc.assetId(), name);
    }

    /**
     * Puts a file below a directory, deeper than the operating system takes a path for: 2.4 kB for each chain of
     * directories.
     */
    void bury(Path directory, String name, String content, int chains) throws IOException {
        Path built = Files.createDirectories(root.resolveSibling("buried-" + UUID.randomUUID()));
        Files.writeString(built.resolve(name), content);
        for (int chain = 0; chain < chains; chain++) {
            Path top = root.resolveSibling("buried-" + UUID.randomUUID());
            Path bottom = top;
            for (int segment = 0; segment < 24; segment++) {
                bottom = bottom.resolve("d".repeat(100));
            }
            Files.createDirectories(bottom);
            Files.move(built, bottom.resolve("moved"));
            built = top;
        }
        Files.move(built, directory.resolve("moved"));
    }

    /** Removes everything, however deep. */
    void remove() throws IOException {
        try {
            new ProcessBuilder("rm", "-rf", root.toString()).start().waitFor();
        } catch (InterruptedException stopped) {
            throw new IOException(stopped);
        }
    }

    Path tenantDirectory() {
        return area(tenant);
    }

    /** Where a tenant's assets lie. */
    Path area(UUID tenantId) {
        return root.resolve(LOCATION).resolve(tenantId.toString());
    }

    Path inUse(AssetRef.Own asset) {
        return tenantDirectory().resolve(asset.assetId().toString());
    }

    Path disabled(AssetRef.Own asset) {
        return tenantDirectory().resolve(asset.assetId() + ".disabled");
    }

    static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
    }

    static Object inode(Path path) throws IOException {
        return Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    }

    static void flipFirstByte(Path file) {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            int first = bytes.read();
            bytes.seek(0);
            bytes.write(first ^ 1);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}

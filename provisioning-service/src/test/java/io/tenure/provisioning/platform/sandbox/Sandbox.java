package io.tenure.provisioning.platform.sandbox;

import io.tenure.events.AssetKind;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.kit.Ids;
import io.tenure.provisioning.platform.AssetRef;
import io.tenure.provisioning.platform.AssetSpec;
import io.tenure.provisioning.platform.HypervisorDriver.Progress;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** A driver on a directory of the test's own, and what a test needs to look at it. */
final class Sandbox {

    static final Progress SILENT = (disk, phase, done, total) -> {};

    final Path root;
    final SandboxDriver driver;
    final UUID tenant = Ids.next();

    Sandbox(Path root) {
        this.root = root;
        this.driver = driver(root);
    }

    static SandboxDriver driver(Path root) {
        return new SandboxDriver(new SandboxConfig() {
            @Override
            public Path root() {
                return root;
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
        });
    }

    AssetRef.Own vm(int diskMiB) {
        AssetRef.Own ref = new AssetRef.Own(tenant, Ids.next());
        driver.create(vmSpec(ref, diskMiB));
        return ref;
    }

    /** Sanitizes whatever an asset has now. */
    List<SanitizedDisk> sanitize(AssetRef asset, Progress progress) {
        List<Disk> present = driver.inventory(tenant).items().stream()
                .filter(item -> item.ref().equals(asset))
                .flatMap(item -> item.disks().stream())
                .toList();
        return driver.sanitize(asset, present, progress);
    }

    AssetRef.Own vdc() {
        AssetRef.Own ref = new AssetRef.Own(tenant, Ids.next());
        driver.create(new AssetSpec(ref, AssetKind.VDC, null, 4, 4096, 10_240));
        return ref;
    }

    static AssetSpec vmSpec(AssetRef.Own ref, int diskMiB) {
        return new AssetSpec(ref, AssetKind.VM, "debian-13", 1, 512, diskMiB);
    }

    /** A machine that a customer makes in its VDC, as others would write it. */
    AssetRef.InVdc machine(AssetRef.Own vdc, String name, String content) throws IOException {
        Path directory = EncodedPath.resolve(inUse(vdc).resolve("vms"), name);
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("disk.img"), content);
        return new AssetRef.InVdc(tenant, vdc.assetId(), name);
    }

    Path tenantDirectory() {
        return root.resolve(tenant.toString());
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

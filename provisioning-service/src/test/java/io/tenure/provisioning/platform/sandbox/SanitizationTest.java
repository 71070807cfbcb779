package io.tenure.provisioning.platform.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.nio.file.ExtendedOpenOption;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.NotCovered;
import io.tenure.events.ProvisioningFact.ReadBack;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.kit.Ids;
import io.tenure.provisioning.SandboxFiles;
import io.tenure.provisioning.platform.AssetRef;
import io.tenure.provisioning.platform.DriverException;
import io.tenure.provisioning.platform.HypervisorDriver.Progress.Phase;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Overwriting, verifying and removing disks. */
class SanitizationTest {

    @TempDir
    Path directory;

    private Sandbox sandbox;

    @BeforeEach
    void prepare() {
        sandbox = new Sandbox(directory.resolve("sandbox"));
    }

    @Test
    void overwritesEveryByteInPlaceAndProvesIt() throws IOException {
        AssetRef.Own vm = sandbox.vm(2);
        sandbox.driver.disable(vm);
        Path disk = sandbox.disabled(vm).resolve("disk.img");
        byte[] before = Files.readAllBytes(disk);
        Object inode = Sandbox.inode(disk);

        List<SanitizedDisk> evidence = sandbox.sanitize(vm, Sandbox.SILENT);

        byte[] after = Files.readAllBytes(disk);
        assertThat(after).hasSameSizeAs(before);
        assertThat(Sandbox.inode(disk)).isEqualTo(inode);
        for (int sector = 0; sector < after.length; sector += 512) {
            assertThat(Arrays.equals(before, sector, sector + 512, after, sector, sector + 512))
                    .as("sector at %d", sector)
                    .isFalse();
        }
        assertThat(evidence)
                .containsExactly(new SanitizedDisk(
                        "disk.img",
                        2 << 20,
                        "CLEAR",
                        "single-pass overwrite with random data",
                        "tenure-sandbox/1",
                        1,
                        2 << 20,
                        SandboxFiles.sha256(disk),
                        Files.getFileStore(disk).type(),
                        evidence.getFirst().readBack(),
                        List.of(NotCovered.SNAPSHOTS, NotCovered.REPLICAS, NotCovered.BACKUPS)));
        assertThat(Sandbox.permissions(disk)).isEqualTo("---------");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 4096, 4097, (1 << 20) - 1, 1 << 20, (1 << 20) + 13})
    void overwritesDisksOfAnySize(int size) throws IOException {
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "web-1", "x".repeat(size));
        disableAll(vdc, machine);

        SanitizedDisk evidence = sandbox.sanitize(machine, Sandbox.SILENT).getFirst();

        Path disk = sandbox.disabled(vdc).resolve("vms/web-1/disk.img");
        assertThat(evidence.bytes()).isEqualTo(size);
        assertThat(evidence.bytesVerified()).isEqualTo(size);
        assertThat(evidence.sha256()).isEqualTo(SandboxFiles.sha256(disk));
        assertThat(disk).hasSize(size);
        assertThat(new String(Files.readAllBytes(disk))).doesNotContain("x".repeat(Math.max(32, Math.min(size, 512))));
    }

    @Test
    void fillsTheHolesOfASparseDisk() throws IOException {
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "web-1", "one");
        try (RandomAccessFile sparse = new RandomAccessFile(
                sandbox.inUse(vdc).resolve("vms/web-1/disk.img").toFile(), "rw")) {
            sparse.setLength(3 << 20);
            sparse.seek((3 << 20) - 1);
            sparse.write(1);
        }
        disableAll(vdc, machine);

        SanitizedDisk evidence = sandbox.sanitize(machine, Sandbox.SILENT).getFirst();

        byte[] after = Files.readAllBytes(sandbox.disabled(vdc).resolve("vms/web-1/disk.img"));
        assertThat(evidence.bytesVerified()).isEqualTo(3 << 20);
        for (int sector = 0; sector < after.length; sector += 512) {
            assertThat(Arrays.equals(after, sector, sector + 512, new byte[512], 0, 512))
                    .as("sector at %d is a hole", sector)
                    .isFalse();
        }
    }

    /** What is written elsewhere leaves the old blocks behind: that is no overwrite of them, and the evidence says so. */
    @ParameterizedTest
    @ValueSource(strings = {"btrfs", "zfs", "overlay"})
    void saysWhatAnOverwriteDoesNotReach(String storage) {
        assertThat(DiskWiper.notCovered(storage)).startsWith(NotCovered.COPY_ON_WRITE);
        assertThat(DiskWiper.notCovered("ext4")).doesNotContain(NotCovered.COPY_ON_WRITE);
    }

    /** Some file systems have no way past the operating system's memory. */
    @ParameterizedTest
    @ValueSource(strings = {"", "/dev/shm"})
    void saysWhereItReadBackFrom(String where) throws IOException {
        Path parent = where.isEmpty() ? directory : Path.of(where);
        assumeTrue(Files.isWritable(parent));
        Path disk = Files.createTempFile(parent, "disk", ".img");
        try {
            Files.write(disk, new byte[8192]);
            boolean direct = true;
            try (FileChannel past = FileChannel.open(disk, StandardOpenOption.READ, ExtendedOpenOption.DIRECT)) {
                assertThat(past.isOpen()).isTrue();
            } catch (UnsupportedOperationException | IOException unsupported) {
                direct = false;
            }

            SanitizedDisk evidence = new DiskWiper(0).wipe(disk, "disk.img", Sandbox.SILENT);
            assertThat(evidence.readBack()).isEqualTo(direct ? ReadBack.DEVICE : ReadBack.CACHE);
            assertThat(evidence.storage()).isEqualTo(Files.getFileStore(disk).type());
        } finally {
            Files.delete(disk);
        }
    }

    @Test
    void aSparseDiskDoesNotFillTheStorage() throws IOException {
        Path disk = directory.resolve("disk.img");
        try (RandomAccessFile sparse = new RandomAccessFile(disk.toFile(), "rw")) {
            sparse.setLength(1 << 20);
        }
        AtomicInteger free = new AtomicInteger(1000);
        DiskWiper shrinking = new DiskWiper(1000, file -> free.decrementAndGet());
        DiskWiper steady = new DiskWiper(1000, file -> 10);

        assertThatThrownBy(() -> shrinking.wipe(disk, "disk.img", Sandbox.SILENT))
                .isInstanceOf(DriverException.class)
                .hasMessageContaining("too full");
        // A disk that takes no further space is overwritten however full the storage is.
        assertThat(steady.wipe(disk, "disk.img", Sandbox.SILENT).bytesVerified())
                .isEqualTo(1 << 20);
    }

    @Test
    void catchesAWriteThatTheDiskDidNotKeep() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        sandbox.driver.disable(vm);
        Path disk = sandbox.disabled(vm).resolve("disk.img");

        assertThatThrownBy(() -> sandbox.sanitize(vm, (name, phase, done, total) -> {
                    if (phase == Phase.OVERWRITE && done == total) {
                        Sandbox.flipFirstByte(disk);
                    }
                }))
                .isInstanceOf(DriverException.class)
                .hasMessageContaining("does not hold what was written");

        assertThatThrownBy(() -> sandbox.driver.delete(vm)).isInstanceOf(DriverException.class);
        assertThat(disk).exists();
        sandbox.sanitize(vm, Sandbox.SILENT);
        sandbox.driver.delete(vm);
        assertThat(sandbox.tenantDirectory()).doesNotExist();
    }

    @Test
    void freesNothingThatIsNotSanitized() {
        AssetRef.Own vm = sandbox.vm(1);
        assertThatThrownBy(() -> sandbox.driver.delete(vm)).isInstanceOf(DriverException.class);
        sandbox.driver.disable(vm);
        Map<String, String> before = SandboxFiles.snapshot(sandbox.tenantDirectory());

        assertThatThrownBy(() -> sandbox.driver.delete(vm))
                .isInstanceOf(DriverException.class)
                .hasMessageContaining("not sanitized");

        assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(before);
    }

    @Test
    void freesNothingThatWasWrittenAfterItWasSanitized() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        sandbox.driver.disable(vm);
        List<SanitizedDisk> first = sandbox.sanitize(vm, Sandbox.SILENT);
        Sandbox.flipFirstByte(sandbox.disabled(vm).resolve("disk.img"));
        Files.writeString(sandbox.disabled(vm).resolve("late.img"), "added later");

        assertThatThrownBy(() -> sandbox.driver.delete(vm)).isInstanceOf(DriverException.class);

        List<SanitizedDisk> second = sandbox.sanitize(vm, Sandbox.SILENT);
        assertThat(second).hasSize(2).doesNotContainAnyElementsOf(first);
        sandbox.driver.delete(vm);
        assertThat(sandbox.tenantDirectory()).doesNotExist();
    }

    @Test
    void overwritesNothingThatIsInUse() {
        AssetRef.Own vm = sandbox.vm(1);
        Map<String, String> before = SandboxFiles.snapshot(sandbox.tenantDirectory());

        assertThatThrownBy(() -> sandbox.sanitize(vm, Sandbox.SILENT))
                .isInstanceOf(DriverException.class)
                .hasMessageContaining("not disabled");

        assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(before);
    }

    @Test
    void goesOnWhereACrashInterruptedIt() throws IOException {
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "web-1", "one");
        Files.writeString(sandbox.inUse(vdc).resolve("vms/web-1/second.img"), "two");
        disableAll(vdc, machine);
        List<String> wiped = new ArrayList<>();

        assertThatThrownBy(() -> sandbox.sanitize(machine, (name, phase, done, total) -> {
                    wiped.add(name);
                    if (!name.equals("disk.img")) {
                        throw new IllegalStateException("killed");
                    }
                }))
                .hasMessage("killed");
        assertThatThrownBy(() -> sandbox.driver.delete(machine)).isInstanceOf(DriverException.class);
        String first = SandboxFiles.sha256(sandbox.disabled(vdc).resolve("vms/web-1/disk.img"));
        wiped.clear();
        List<SanitizedDisk> evidence = sandbox.sanitize(machine, (name, phase, done, total) -> wiped.add(name));

        assertThat(evidence).hasSize(2).extracting(SanitizedDisk::sha256).contains(first);
        assertThat(wiped).isNotEmpty().doesNotContain("disk.img");
        assertThat(sandbox.sanitize(machine, Sandbox.SILENT)).isEqualTo(evidence);
        sandbox.driver.delete(machine);
        assertThat(sandbox.disabled(vdc).resolve("vms/web-1")).doesNotExist();
    }

    @Test
    void finishesARemovalThatCrashed() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        sandbox.driver.disable(vm);
        sandbox.sanitize(vm, Sandbox.SILENT);
        Files.delete(sandbox.disabled(vm).resolve("domain.json"));

        sandbox.driver.delete(vm);
        assertThat(sandbox.tenantDirectory()).doesNotExist();
        sandbox.driver.delete(vm);
        assertThat(sandbox.driver.inventory(sandbox.tenant).isEmpty()).isTrue();
        assertThat(sandbox.root.resolve(".state")).isEmptyDirectory();
    }

    @Test
    void removesAVirtualDataCenterWithWhateverIsLeftInIt() throws IOException {
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "web-1", "one");
        Files.writeString(sandbox.inUse(vdc).resolve("vms/loose.img"), "no machine's");
        disableAll(vdc, machine);
        sandbox.sanitize(machine, Sandbox.SILENT);
        sandbox.driver.delete(machine);

        List<SanitizedDisk> evidence = sandbox.sanitize(vdc, Sandbox.SILENT);
        sandbox.driver.delete(vdc);

        assertThat(evidence).hasSize(1).allSatisfy(disk -> {
            assertThat(disk.bytes()).isEqualTo(12);
            // What customers call their files stays inside.
            assertThat(disk.name()).matches("file-[0-9a-f]{12}");
        });
        assertThat(sandbox.tenantDirectory()).doesNotExist();
    }

    @Test
    void touchesNothingUnlessTheDisksAreThoseThatWereDisabled() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        List<Disk> manifest = sandbox.driver.disable(vm).disks();
        Map<String, String> before = SandboxFiles.snapshot(sandbox.tenantDirectory());
        List<Disk> withAnother = List.of(manifest.getFirst(), new Disk("data.img", 5));
        List<Disk> ofAnotherSize = List.of(new Disk("disk.img", 5));

        assertThatThrownBy(() -> sandbox.driver.sanitize(vm, withAnother, Sandbox.SILENT))
                .isInstanceOf(DriverException.class)
                .hasMessageContaining("1 of the 2 disks that were disabled are not there");
        assertThatThrownBy(() -> sandbox.driver.sanitize(vm, ofAnotherSize, Sandbox.SILENT))
                .hasMessageContaining("1 of the 1 disks that were disabled are not there");
        assertThatThrownBy(() -> sandbox.driver.sanitize(vm, List.of(), Sandbox.SILENT))
                .hasMessageContaining("1 disks are there that were not disabled");
        assertThatThrownBy(() ->
                        sandbox.driver.sanitize(new AssetRef.Own(sandbox.tenant, Ids.next()), manifest, Sandbox.SILENT))
                .hasMessageContaining("the asset that was disabled is not there");

        assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(before);
    }

    @Test
    void carriesTheFirstMarkForEver() throws IOException {
        UUID first = sandbox.driver.mark(Ids.next());
        assertThat(sandbox.driver.mark(Ids.next())).isEqualTo(first);
        assertThat(new Sandbox(sandbox.root).driver.identity()).contains(first);

        Files.writeString(sandbox.root.resolve(".identity"), "cut sho");
        assertThat(sandbox.driver.identity()).isEmpty();
        Files.move(sandbox.root, directory.resolve("unmounted"));
        assertThat(sandbox.driver.identity()).isEmpty();
    }

    @Test
    void neitherOverwritesNorRemovesWhatALinkPointsTo() throws IOException {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Files.writeString(outside.resolve("disk.img"), "somebody else's");
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "web-1", "one");
        Path vms = sandbox.inUse(vdc).resolve("vms");
        Files.createSymbolicLink(vms.resolve("web-1/link.img"), outside.resolve("disk.img"));
        Files.createSymbolicLink(vms.resolve("web-1/directory"), outside);
        Files.createSymbolicLink(vms.resolve("web-2"), outside);
        Map<String, String> before = SandboxFiles.snapshot(outside);
        disableAll(vdc, machine, new AssetRef.InVdc(sandbox.tenant, vdc.assetId(), "web-2"));

        for (AssetRef asset : List.of(machine, new AssetRef.InVdc(sandbox.tenant, vdc.assetId(), "web-2"), vdc)) {
            sandbox.sanitize(asset, Sandbox.SILENT);
            sandbox.driver.delete(asset);
        }

        assertThat(SandboxFiles.snapshot(outside)).isEqualTo(before);
        assertThat(sandbox.tenantDirectory()).doesNotExist();
    }

    @Test
    void doesNotFollowAVirtualDataCenterWhoseMachinesWereReplacedByALink() throws IOException {
        Path outside = Files.createDirectories(directory.resolve("outside/web-1"));
        Files.writeString(outside.resolve("disk.img"), "somebody else's");
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "web-1", "one");
        disableAll(vdc, machine);
        Path vms = sandbox.disabled(vdc).resolve("vms");
        Files.move(vms, directory.resolve("taken"));
        Files.createSymbolicLink(vms, outside.getParent());
        Map<String, String> before = SandboxFiles.snapshot(outside);

        assertThat(sandbox.sanitize(machine, Sandbox.SILENT)).isEmpty();
        sandbox.driver.delete(machine);
        sandbox.sanitize(vdc, Sandbox.SILENT);
        sandbox.driver.delete(vdc);

        assertThat(SandboxFiles.snapshot(outside)).isEqualTo(before);
        assertThat(sandbox.tenantDirectory()).doesNotExist();
    }

    @Test
    void doesNotOverwriteADiskThatIsLinkedFromElsewhere() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        sandbox.driver.disable(vm);
        Path disk = sandbox.disabled(vm).resolve("disk.img");
        Path elsewhere = Files.createLink(directory.resolve("elsewhere.img"), disk);
        String content = SandboxFiles.sha256(elsewhere);

        assertThatThrownBy(() -> sandbox.sanitize(vm, Sandbox.SILENT))
                .isInstanceOf(DriverException.class)
                .hasMessageContaining("linked from outside")
                .hasMessageNotContaining(directory.toString());

        assertThat(SandboxFiles.sha256(elsewhere)).isEqualTo(content);
    }

    @Test
    void leavesOtherAssetsAlone() {
        AssetRef.Own vm = sandbox.vm(1);
        sandbox.vm(1);
        AssetRef.Own neighbour = new AssetRef.Own(Ids.next(), Ids.next());
        sandbox.driver.create(Sandbox.vmSpec(neighbour, 1));
        Path neighbours = sandbox.root.resolve(neighbour.tenantId().toString());
        Map<String, String> before = SandboxFiles.snapshot(neighbours);
        sandbox.driver.disable(vm);
        sandbox.sanitize(vm, Sandbox.SILENT);
        sandbox.driver.delete(vm);

        assertThat(SandboxFiles.snapshot(neighbours)).isEqualTo(before);
        assertThat(sandbox.driver.inventory(sandbox.tenant).items()).hasSize(1);
    }

    @Test
    void tellsHowFarItIs() {
        AssetRef.Own vm = sandbox.vm(2);
        sandbox.driver.disable(vm);
        List<String> told = new ArrayList<>();

        sandbox.sanitize(vm, (name, phase, done, total) -> told.add(phase + " " + done + "/" + total));

        assertThat(told).containsExactly("OVERWRITE 2097152/2097152", "VERIFY 2097152/2097152");
    }

    @Test
    void oneWorkerAtATimeOnAnAsset() {
        AssetRef.Own vm = sandbox.vm(1);
        AssetRef.Own other = sandbox.vm(1);
        sandbox.driver.disable(vm);
        SandboxDriver replica = Sandbox.driver(sandbox.root);
        AtomicReference<Throwable> refused = new AtomicReference<>();

        sandbox.sanitize(vm, (name, phase, done, total) -> {
            replica.disable(other);
            try {
                replica.restore(vm);
            } catch (DriverException busy) {
                refused.set(busy);
            }
        });

        assertThat(refused.get()).hasMessageContaining("another worker is busy");
        assertThat(sandbox.disabled(other)).exists();
        replica.delete(vm);
        assertThat(sandbox.disabled(vm)).doesNotExist();
    }

    private void disableAll(AssetRef... assets) {
        List.of(assets).forEach(sandbox.driver::disable);
    }
}

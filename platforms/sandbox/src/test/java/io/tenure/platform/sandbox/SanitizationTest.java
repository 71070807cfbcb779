package io.tenure.platform.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.nio.file.ExtendedOpenOption;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.events.Sanitization.ErasedByStorage;
import io.tenure.events.Sanitization.Method;
import io.tenure.events.Sanitization.NotCovered;
import io.tenure.events.Sanitization.Overwritten;
import io.tenure.events.Sanitization.ReadBack;
import io.tenure.platform.AssetRef;
import io.tenure.platform.DriverException;
import io.tenure.platform.Expected;
import io.tenure.platform.Inventory;
import io.tenure.platform.Outcome.Sanitized;
import io.tenure.platform.Presence;
import io.tenure.platform.sandbox.Steps.Phase;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
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

    /** Some of it lies too deep for JUnit. */
    @AfterEach
    void remove() throws IOException {
        sandbox.remove();
    }

    @Test
    void overwritesEveryByteInPlaceAndProvesIt() throws IOException {
        AssetRef.Own vm = sandbox.vm(2);
        sandbox.disable(vm);
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
                        new Overwritten(
                                "single-pass overwrite with random data",
                                "tenure-sandbox/1",
                                1,
                                2 << 20,
                                0,
                                SandboxFiles.sha256(disk),
                                Files.getFileStore(disk).type(),
                                overwritten(evidence.getFirst()).readBack(),
                                List.of(NotCovered.SNAPSHOTS, NotCovered.REPLICAS, NotCovered.BACKUPS))));
        assertThat(evidence.getFirst().sanitization().method()).isEqualTo(Method.CLEAR);
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
        assertThat(overwritten(evidence).bytesVerified()).isEqualTo(size);
        assertThat(overwritten(evidence).sha256()).isEqualTo(size == 0 ? null : SandboxFiles.sha256(disk));
        assertThat(disk).hasSize(size);
        assertThat(new String(Files.readAllBytes(disk))).doesNotContain("x".repeat(Math.max(32, Math.min(size, 512))));
    }

    /** What holds nothing is not filled: a sparse disk of 10 TiB would take the storage from everybody. */
    @Test
    void leavesTheHolesOfASparseDiskAndSaysSo() throws IOException {
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "web-1", "one");
        long size = (1L << 30) + 5000;
        try (RandomAccessFile sparse = new RandomAccessFile(
                sandbox.inUse(vdc).resolve("vms/web-1/disk.img").toFile(), "rw")) {
            sparse.setLength(size);
            sparse.seek(3 << 20);
            sparse.write("secret".getBytes(StandardCharsets.US_ASCII));
            sparse.seek(size - 1);
            sparse.write(1);
        }
        disableAll(vdc, machine);
        Path disk = sandbox.disabled(vdc).resolve("vms/web-1/disk.img");
        long takenBefore = taken(disk);

        SanitizedDisk evidence = sandbox.sanitize(machine, Sandbox.SILENT).getFirst();

        assertThat(evidence.bytes()).isEqualTo(size);
        // The two blocks at the beginning, that of the secret, and the short last one.
        assertThat(overwritten(evidence).bytesVerified()).isEqualTo(4096 + 4096 + 904);
        assertThat(overwritten(evidence).bytesEmpty()).isEqualTo(size - (4096 + 4096 + 904));
        assertThat(taken(disk)).isLessThanOrEqualTo(takenBefore + (64 << 10));
        try (RandomAccessFile after = new RandomAccessFile(disk.toFile(), "r")) {
            byte[] block = new byte[4096];
            after.readFully(block);
            assertThat(new String(block, StandardCharsets.US_ASCII)).doesNotStartWith("one");
            after.seek(3 << 20);
            after.readFully(block);
            assertThat(new String(block, StandardCharsets.US_ASCII)).doesNotStartWith("secret");
            assertThat(block).isNotEqualTo(new byte[4096]);
            after.seek(8 << 20);
            after.readFully(block);
            assertThat(block).isEqualTo(new byte[4096]);
        }
        sandbox.delete(machine);
        assertThat(disk).doesNotExist();
    }

    private static Overwritten overwritten(SanitizedDisk disk) {
        return (Overwritten) disk.sanitization();
    }

    /** How many bytes a file takes on the storage; Java does not tell. */
    private static long taken(Path file) throws IOException {
        Process du = new ProcessBuilder("du", "-k", file.toString()).start();
        return Long.parseLong(new String(du.getInputStream().readAllBytes()).split("\\s")[0]) << 10;
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

            Overwritten evidence = overwritten(new DiskWiper(0).wipe(disk, "disk.img", Sandbox.SILENT));
            assertThat(evidence.bytesEmpty()).isEqualTo(8192);
            assertThat(evidence.sha256()).isNull();
            assertThat(evidence.readBack()).isEqualTo(direct ? ReadBack.DEVICE : ReadBack.CACHE);
            assertThat(evidence.storage()).isEqualTo(Files.getFileStore(disk).type());
        } finally {
            Files.delete(disk);
        }
    }

    @Test
    void anOverwriteThatTakesSpaceDoesNotFillTheStorage() throws IOException {
        Path disk = Files.writeString(directory.resolve("disk.img"), "x".repeat(1 << 20));
        AtomicInteger free = new AtomicInteger(1000);
        DiskWiper shrinking = new DiskWiper(1000, file -> free.decrementAndGet());
        DiskWiper steady = new DiskWiper(1000, file -> 10);

        assertThatThrownBy(() -> shrinking.wipe(disk, "disk.img", Sandbox.SILENT))
                .isInstanceOf(DriverException.class)
                .hasMessageContaining("too full");
        // A disk that takes no further space is overwritten however full the storage is.
        assertThat(overwritten(steady.wipe(disk, "disk.img", Sandbox.SILENT)).bytesVerified())
                .isEqualTo(1 << 20);
    }

    /** It is cancelled: it ends where it is, and not with the disk. */
    @Test
    void aWipeThatIsInterruptedEnds() throws IOException {
        Path disk = Files.writeString(directory.resolve("disk.img"), "x".repeat(3 << 20));
        DiskWiper interrupted = new DiskWiper(0, file -> {
            Thread.currentThread().interrupt();
            return 1000;
        });
        try {
            assertThatThrownBy(() -> interrupted.wipe(disk, "disk.img", Sandbox.SILENT))
                    .isInstanceOf(ClosedByInterruptException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(disk).content().endsWith("x".repeat(2 << 20));
    }

    @Test
    void catchesAWriteThatTheDiskDidNotKeep() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        sandbox.disable(vm);
        Path disk = sandbox.disabled(vm).resolve("disk.img");

        assertThatThrownBy(() -> sandbox.sanitize(vm, wipe -> {
                    if (wipe.phase() == Phase.OVERWRITE && wipe.done() == wipe.total()) {
                        Sandbox.flipFirstByte(disk);
                    }
                }))
                .isInstanceOf(DriverException.class)
                .hasMessageContaining("does not hold what was written");

        assertThatThrownBy(() -> sandbox.delete(vm)).isInstanceOf(DriverException.class);
        assertThat(disk).exists();
        sandbox.sanitize(vm, Sandbox.SILENT);
        sandbox.delete(vm);
        assertThat(sandbox.tenantDirectory()).doesNotExist();
    }

    @Test
    void freesNothingThatIsNotSanitized() {
        AssetRef.Own vm = sandbox.vm(1);
        assertThatThrownBy(() -> sandbox.delete(vm)).isInstanceOf(DriverException.class);
        sandbox.disable(vm);
        Map<String, String> before = SandboxFiles.snapshot(sandbox.tenantDirectory());

        assertThatThrownBy(() -> sandbox.delete(vm))
                .isInstanceOf(DriverException.class)
                .hasMessageContaining("not sanitized");

        assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(before);
    }

    @Test
    void freesNothingThatWasWrittenAfterItWasSanitized() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        sandbox.disable(vm);
        List<SanitizedDisk> first = sandbox.sanitize(vm, Sandbox.SILENT);
        Sandbox.flipFirstByte(sandbox.disabled(vm).resolve("disk.img"));
        Files.writeString(sandbox.disabled(vm).resolve("late.img"), "added later");

        assertThatThrownBy(() -> sandbox.delete(vm)).isInstanceOf(DriverException.class);

        List<SanitizedDisk> second = sandbox.sanitize(vm, Sandbox.SILENT);
        assertThat(second).hasSize(2).doesNotContainAnyElementsOf(first);
        sandbox.delete(vm);
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

        assertThatThrownBy(() -> sandbox.sanitize(machine, wipe -> {
                    wiped.add(wipe.disk());
                    if (!wipe.disk().equals("disk.img")) {
                        throw new IllegalStateException("killed");
                    }
                }))
                .hasMessage("IllegalStateException");
        assertThatThrownBy(() -> sandbox.delete(machine)).isInstanceOf(DriverException.class);
        String first = SandboxFiles.sha256(sandbox.disabled(vdc).resolve("vms/web-1/disk.img"));
        wiped.clear();
        List<SanitizedDisk> evidence = sandbox.sanitize(machine, wipe -> wiped.add(wipe.disk()));

        assertThat(evidence)
                .hasSize(2)
                .extracting(disk -> overwritten(disk).sha256())
                .contains(first);
        assertThat(wiped).isNotEmpty().doesNotContain("disk.img");
        assertThat(sandbox.sanitize(machine, Sandbox.SILENT)).isEqualTo(evidence);
        sandbox.delete(machine);
        assertThat(sandbox.disabled(vdc).resolve("vms/web-1")).doesNotExist();
    }

    @Test
    void finishesARemovalThatCrashed() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        sandbox.disable(vm);
        sandbox.sanitize(vm, Sandbox.SILENT);
        Files.delete(sandbox.disabled(vm).resolve("domain.json"));

        sandbox.delete(vm);
        assertThat(sandbox.tenantDirectory()).doesNotExist();
        sandbox.delete(vm);
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
        sandbox.delete(machine);

        List<SanitizedDisk> evidence = sandbox.sanitize(vdc, Sandbox.SILENT);
        sandbox.delete(vdc);

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
        List<Disk> manifest = sandbox.manifest(vm);
        Map<String, String> before = SandboxFiles.snapshot(sandbox.tenantDirectory());
        Expected all = Expected.all(manifest);
        Expected withAnother = Expected.all(List.of(manifest.getFirst(), new Disk("data.img", 5)));
        Expected ofAnotherSize = Expected.all(List.of(new Disk("disk.img", 5)));
        Expected nothing = Expected.all(List.of());

        assertThatThrownBy(() -> sandbox.sanitize(vm, withAnother))
                .isInstanceOf(DriverException.class)
                .hasMessageContaining("1 of the 2 disks that were disabled are not there");
        assertThatThrownBy(() -> sandbox.sanitize(vm, ofAnotherSize))
                .hasMessageContaining("1 of the 1 disks that were disabled are not there");
        assertThatThrownBy(() -> sandbox.sanitize(vm, nothing))
                .hasMessageContaining("1 disks are there that were not disabled");
        assertThatThrownBy(() -> sandbox.sanitize(new AssetRef.Own(sandbox.tenant, UUID.randomUUID()), all))
                .hasMessageContaining("1 of the 1 disks that were disabled are not there");

        assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(before);
    }

    /** Nobody waits any more for what two people attested as lost; if it turns up again, it is wiped like the rest. */
    @Test
    void aLostDiskIsNotDemandedAndIsWipedWhereItIsBack() throws IOException {
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "web-1", "one");
        Files.writeString(sandbox.inUse(vdc).resolve("vms/web-1/second.img"), "two");
        disableAll(vdc, machine);
        List<Disk> manifest = sandbox.present(machine).disks();
        Path second = sandbox.disabled(vdc).resolve("vms/web-1/second.img");
        Path away = Files.move(second, directory.resolve("away.img"));
        String name = manifest.stream()
                .map(Disk::name)
                .filter(disk -> !disk.equals("disk.img"))
                .findFirst()
                .orElseThrow();
        Expected lost = new Expected(manifest, false, Set.of(name));

        assertThatThrownBy(() -> sandbox.sanitize(machine, Expected.all(manifest)))
                .hasMessageContaining("have their loss attested");
        assertThat(sandbox.sanitize(machine, lost))
                .extracting(SanitizedDisk::name)
                .containsExactly("disk.img");
        Files.move(away, second);
        assertThat(sandbox.sanitize(machine, lost)).hasSize(2);
        assertThat(second).content(StandardCharsets.ISO_8859_1).isNotEqualTo("two");
    }

    @Test
    void aLostAssetIsNotDemanded() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        List<Disk> manifest = sandbox.manifest(vm);
        Files.move(sandbox.disabled(vm), directory.resolve("away"));

        assertThatThrownBy(() -> sandbox.sanitize(vm, Expected.all(manifest)))
                .hasMessageContaining("1 of the 1 disks that were disabled are not there");
        Expected lost = new Expected(manifest, true, Set.of());
        Sanitized sanitized = sandbox.driver.sanitize(vm, lost, Sandbox.epoch());
        assertThat(sanitized.presence()).isEqualTo(new Presence.Unknown());
        assertThat(sanitized.disks()).isEmpty();

        Files.createDirectories(sandbox.tenantDirectory());
        Files.move(directory.resolve("away"), sandbox.disabled(vm));
        assertThat(sandbox.driver.sanitize(vm, lost, Sandbox.epoch()).disks()).hasSize(1);
    }

    @Test
    void wipesWhatNoPathReaches() throws IOException {
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "web-1", "one");
        sandbox.bury(sandbox.inUse(vdc).resolve("vms/web-1"), "deep.img", "far down", 2);
        disableAll(vdc, machine);
        Expected manifest = sandbox.present(machine);

        List<SanitizedDisk> evidence = sandbox.sanitize(machine, manifest);

        assertThat(evidence)
                .extracting(disk -> overwritten(disk).bytesVerified())
                .containsExactlyInAnyOrder(3L, 8L);
        assertThat(evidence)
                .extracting(SanitizedDisk::name)
                .containsExactlyInAnyOrderElementsOf(
                        manifest.disks().stream().map(Disk::name).toList());
        assertThat(sandbox.sanitize(machine, manifest)).isEqualTo(evidence);
        sandbox.delete(machine);
        sandbox.sanitize(vdc, Sandbox.SILENT);
        sandbox.delete(vdc);
        assertThat(sandbox.tenantDirectory()).doesNotExist();
    }

    /** What is not even listed is shut off like the rest, and does not count as wiped. */
    @Test
    void whatLiesTooDeepHoldsUpTheWipeOnly() throws IOException {
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "web-1", "one");
        sandbox.bury(sandbox.inUse(vdc).resolve("vms/web-1"), "deep.img", "far down", 8);
        disableAll(vdc, machine);
        assertThat(sandbox.driver.inventory(sandbox.tenant).items()).allMatch(Inventory.Item::disabled);
        Expected manifest = sandbox.present(machine);
        assertThat(manifest.disks()).extracting(Disk::bytes).containsExactlyInAnyOrder(3L, 0L);

        assertThatThrownBy(() -> sandbox.sanitize(machine, manifest)).hasMessageContaining("too deep");
        assertThatThrownBy(() -> sandbox.delete(machine)).isInstanceOf(DriverException.class);

        sandbox.restore(machine);
        sandbox.restore(vdc);
        assertThat(sandbox.inUse(vdc).resolve("vms/web-1/disk.img")).hasContent("one");
    }

    /** A file with names in two machines is wiped once, and goes with all its names. */
    @Test
    void wipesAFileWithSeveralNamesOnce() throws IOException {
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc first = sandbox.machine(vdc, "web-1", "one");
        AssetRef.InVdc second = sandbox.machine(vdc, "web-2", "two");
        Path vms = sandbox.inUse(vdc).resolve("vms");
        // Their paths and their places in the walk are in different orders.
        Files.createDirectories(vms.resolve("web-1/a"));
        Files.writeString(vms.resolve("web-1/a/b.img"), "shared");
        Files.createLink(vms.resolve("web-1/a.img"), vms.resolve("web-1/a/b.img"));
        Files.createLink(vms.resolve("web-2/c.img"), vms.resolve("web-1/a/b.img"));
        disableAll(vdc, first, second);
        Expected ofSecond = sandbox.present(second);
        assertThat(sandbox.present(first).disks()).extracting(Disk::bytes).containsExactlyInAnyOrder(3L, 6L);
        assertThat(ofSecond.disks()).hasSize(1);

        assertThat(sandbox.sanitize(first, Sandbox.SILENT)).hasSize(2);
        sandbox.delete(first);

        assertThat(sandbox.sanitize(second, ofSecond)).hasSize(1);
        sandbox.delete(second);
        assertThat(sandbox.disabled(vdc).resolve("vms")).isEmptyDirectory();
    }

    @Test
    void carriesTheFirstMarkForEver() throws IOException {
        UUID first = sandbox.driver.mark(UUID.randomUUID());
        assertThat(sandbox.driver.mark(UUID.randomUUID())).isEqualTo(first);
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

        List<SanitizedDisk> evidence = new ArrayList<>();
        for (AssetRef asset : List.of(machine, new AssetRef.InVdc(sandbox.tenant, vdc.assetId(), "web-2"), vdc)) {
            evidence.addAll(sandbox.sanitize(asset, Sandbox.SILENT));
            sandbox.delete(asset);
        }

        // Nothing was written to a link, and the evidence claims no overwrite.
        assertThat(evidence)
                .filteredOn(disk -> disk.sanitization() instanceof ErasedByStorage)
                .hasSize(3)
                .allSatisfy(disk -> assertThat(disk.bytes()).isZero());
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
        sandbox.delete(machine);
        sandbox.sanitize(vdc, Sandbox.SILENT);
        sandbox.delete(vdc);

        assertThat(SandboxFiles.snapshot(outside)).isEqualTo(before);
        assertThat(sandbox.tenantDirectory()).doesNotExist();
    }

    @Test
    void doesNotOverwriteADiskThatIsLinkedFromElsewhere() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        sandbox.disable(vm);
        Path disk = sandbox.disabled(vm).resolve("disk.img");
        Path elsewhere = Files.createLink(directory.resolve("elsewhere.img"), disk);
        String content = SandboxFiles.sha256(elsewhere);
        Expected present = sandbox.present(vm);

        assertThatThrownBy(() -> sandbox.sanitize(vm, Sandbox.SILENT))
                .isInstanceOf(DriverException.class)
                .hasMessageContaining("linked from outside")
                .hasMessageNotContaining(directory.toString());
        assertThatThrownBy(() -> sandbox.delete(vm)).hasMessageContaining("linked from outside");
        assertThat(SandboxFiles.sha256(elsewhere)).isEqualTo(content);

        // Two people attest that it is lost: the name here goes, and whose the rest is, nobody claims to know.
        Expected lost = new Expected(present.disks(), false, Set.of("disk.img"));
        assertThat(sandbox.sanitize(vm, lost)).isEmpty();
        sandbox.driver.delete(vm, lost, Sandbox.epoch());
        assertThat(sandbox.tenantDirectory()).doesNotExist();
        assertThat(SandboxFiles.sha256(elsewhere)).isEqualTo(content);
    }

    @Test
    void leavesOtherAssetsAlone() {
        AssetRef.Own vm = sandbox.vm(1);
        sandbox.vm(1);
        AssetRef.Own neighbour = new AssetRef.Own(UUID.randomUUID(), UUID.randomUUID());
        sandbox.create(Sandbox.vmSpec(neighbour, 1));
        Path neighbours = sandbox.area(neighbour.tenantId());
        Map<String, String> before = SandboxFiles.snapshot(neighbours);
        sandbox.disable(vm);
        sandbox.sanitize(vm, Sandbox.SILENT);
        sandbox.delete(vm);

        assertThat(SandboxFiles.snapshot(neighbours)).isEqualTo(before);
        assertThat(sandbox.driver.inventory(sandbox.tenant).items()).hasSize(1);
    }

    @Test
    void tellsHowFarItIs() {
        AssetRef.Own vm = sandbox.vm(2);
        sandbox.disable(vm);
        List<String> told = new ArrayList<>();

        sandbox.sanitize(vm, wipe -> told.add(wipe.phase() + " " + wipe.done() + "/" + wipe.total()));

        assertThat(told).containsExactly("OVERWRITE 2097152/2097152", "VERIFY 2097152/2097152");
    }

    @Test
    void oneWorkerAtATimeOnAnAsset() {
        AssetRef.Own vm = sandbox.vm(1);
        AssetRef.Own other = sandbox.vm(1);
        sandbox.disable(vm);
        Awaited replica = Sandbox.driver(sandbox.root);
        AtomicReference<Throwable> refused = new AtomicReference<>();

        sandbox.sanitize(vm, wipe -> {
            replica.disable(other, Sandbox.epoch());
            try {
                replica.restore(vm, Expected.all(List.of()), Sandbox.epoch());
            } catch (DriverException busy) {
                refused.set(busy);
            }
        });

        assertThat(refused.get()).hasMessageContaining("another worker is busy");
        assertThat(sandbox.disabled(other)).exists();
        replica.delete(vm, Expected.all(List.of()), Sandbox.epoch());
        assertThat(sandbox.disabled(vm)).doesNotExist();
    }

    private void disableAll(AssetRef... assets) {
        List.of(assets).forEach(sandbox::disable);
    }
}

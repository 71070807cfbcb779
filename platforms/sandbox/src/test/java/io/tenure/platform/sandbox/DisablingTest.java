package io.tenure.platform.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tenure.events.AssetKind;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.platform.AssetRef;
import io.tenure.platform.AssetSpec;
import io.tenure.platform.DriverException;
import io.tenure.platform.Expected;
import io.tenure.platform.Inventory;
import io.tenure.platform.Presence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Making assets, taking them away from their owners, and giving them back. */
class DisablingTest {

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
    void makesDisksThatAreReal() throws IOException {
        AssetRef.Own vm = sandbox.vm(3);

        byte[] content = Files.readAllBytes(sandbox.inUse(vm).resolve("disk.img"));
        assertThat(content).hasSize(3 << 20);
        assertThat(compressed(content)).isGreaterThan(content.length);
        assertThat(sandbox.inUse(vm).resolve("domain.json"))
                .content()
                .contains(vm.assetId().toString(), "debian-13");
    }

    @Test
    void makesAnAssetOnce() {
        AssetRef.Own vm = sandbox.vm(1);
        Map<String, String> first = SandboxFiles.snapshot(sandbox.tenantDirectory());

        sandbox.create(Sandbox.vmSpec(vm, 1));

        assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(first);
    }

    @Test
    void beginsAnewAfterACrashWhileMaking() throws IOException {
        AssetRef.Own vm = new AssetRef.Own(sandbox.tenant, UUID.randomUUID());
        Path left = sandbox.tenantDirectory().resolve(vm.assetId() + ".new");
        Files.createDirectories(left);
        Files.writeString(left.resolve("disk.img"), "a part of it");

        sandbox.create(Sandbox.vmSpec(vm, 1));

        assertThat(left).doesNotExist();
        assertThat(sandbox.inUse(vm).resolve("disk.img")).hasSize(1 << 20);
    }

    @Test
    void makesNoDiskThatIsTooLarge() {
        AssetRef.Own vm = new AssetRef.Own(sandbox.tenant, UUID.randomUUID());

        assertThatThrownBy(() -> sandbox.create(Sandbox.vmSpec(vm, 17)))
                .isInstanceOfSatisfying(DriverException.class, refusal -> {
                    assertThat(refusal.isPermanent()).isTrue();
                    assertThat(refusal).hasMessageContaining("16 MiB").hasMessageNotContaining(directory.toString());
                });
        assertThat(sandbox.inUse(vm)).doesNotExist();
    }

    @Test
    void locksEveryDiskAndChangesNoByte() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        String content = SandboxFiles.sha256(sandbox.inUse(vm).resolve("disk.img"));

        List<Disk> disks = sandbox.manifest(vm);

        assertThat(disks).containsExactly(new Disk("disk.img", 1 << 20));
        assertThat(sandbox.inUse(vm)).doesNotExist();
        Path disk = sandbox.disabled(vm).resolve("disk.img");
        assertThat(Sandbox.permissions(disk)).isEqualTo("---------");
        assertThat(Sandbox.permissions(sandbox.disabled(vm))).isEqualTo("rwx------");
        assertThat(SandboxFiles.sha256(disk)).isEqualTo(content);
        assertThat(sandbox.manifest(vm)).isEqualTo(disks);
    }

    @Test
    void restoresToTheByteAndToThePermission() throws IOException {
        AssetRef.Own vdc = sandbox.vdc();
        List<AssetRef.InVdc> machines = List.of(
                sandbox.machine(vdc, "web-1", "one"),
                sandbox.machine(vdc, "%FF%FEbin%0A", "two"),
                sandbox.machine(vdc, "b%C3%BCro%20-rf%20*", "three"));
        Path first = sandbox.inUse(vdc).resolve("vms").resolve("web-1");
        Files.createDirectories(first.resolve("snapshots/2026"));
        Files.writeString(first.resolve("snapshots/2026/a.img"), "old");
        Files.setPosixFilePermissions(first.resolve("disk.img"), PosixFilePermissions.fromString("rw-r-----"));
        Files.setPosixFilePermissions(first.resolve("snapshots"), PosixFilePermissions.fromString("r-xr-x---"));
        Files.createSymbolicLink(first.resolve("current"), Path.of("disk.img"));
        AssetRef.Own vm = sandbox.vm(1);
        Map<String, String> before = SandboxFiles.snapshot(sandbox.tenantDirectory());
        List.of(vm, vdc).forEach(sandbox::disable);
        machines.forEach(sandbox::disable);
        assertThat(sandbox.driver.inventory(sandbox.tenant).items())
                .allMatch(Inventory.Item::disabled)
                .hasSize(5);

        for (int attempt = 0; attempt < 2; attempt++) {
            machines.forEach(sandbox::restore);
            List.of(vm, vdc).forEach(sandbox::restore);

            assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(before);
        }
        assertThat(sandbox.driver.inventory(sandbox.tenant).items()).noneMatch(Inventory.Item::disabled);
    }

    @Test
    void finishesADisablingThatCrashedAfterTheRename() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        Map<String, String> before = SandboxFiles.snapshot(sandbox.tenantDirectory());
        Files.move(sandbox.inUse(vm), sandbox.disabled(vm));
        assertThat(sandbox.driver.inventory(sandbox.tenant).items()).noneMatch(Inventory.Item::disabled);

        sandbox.disable(vm);

        assertThat(Sandbox.permissions(sandbox.disabled(vm).resolve("disk.img")))
                .isEqualTo("---------");
        sandbox.restore(vm);
        assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(before);
    }

    @Test
    void finishesADisablingThatCrashedBetweenTwoDisks() throws IOException {
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "web-1", "one");
        Path second = sandbox.inUse(vdc).resolve("vms/web-1/second.img");
        Files.writeString(second, "two");
        Map<String, String> before = SandboxFiles.snapshot(sandbox.tenantDirectory());
        sandbox.disable(vdc);
        sandbox.disable(machine);
        // As if the crash had come before the second disk was locked.
        Path locked = sandbox.disabled(vdc).resolve("vms/web-1/second.img");
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rw-r--r--"));

        sandbox.disable(machine);

        assertThat(Sandbox.permissions(locked)).isEqualTo("---------");
        sandbox.restore(machine);
        sandbox.restore(vdc);
        assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(before);
    }

    @Test
    void finishesARestorationThatCrashedBeforeTheRename() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        Map<String, String> before = SandboxFiles.snapshot(sandbox.tenantDirectory());
        sandbox.disable(vm);
        Files.setPosixFilePermissions(
                sandbox.disabled(vm).resolve("disk.img"), PosixFilePermissions.fromString("rw-r--r--"));

        sandbox.restore(vm);

        assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(before);
    }

    @Test
    void finishesARestorationThatCrashedAfterTheRename() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        Map<String, String> before = SandboxFiles.snapshot(sandbox.tenantDirectory());
        sandbox.disable(vm);
        Files.move(sandbox.disabled(vm), sandbox.inUse(vm));

        sandbox.restore(vm);

        assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(before);
    }

    @Test
    void aDisabledOrderIsNotCarriedOutUntilItIsRestored() {
        AssetRef.Own vm = new AssetRef.Own(sandbox.tenant, UUID.randomUUID());
        assertThat(sandbox.disable(vm)).isEqualTo(new Presence.ProvenAbsent());

        assertThatThrownBy(() -> sandbox.create(Sandbox.vmSpec(vm, 1))).isInstanceOf(DriverException.class);
        assertThat(sandbox.inUse(vm)).doesNotExist();
        assertThat(sandbox.driver.inventory(sandbox.tenant).items()).allMatch(Inventory.Item::disabled);

        sandbox.restore(vm);
        assertThat(sandbox.driver.inventory(sandbox.tenant).isEmpty()).isTrue();
        sandbox.create(Sandbox.vmSpec(vm, 1));
        assertThat(sandbox.inUse(vm).resolve("disk.img")).hasSize(1 << 20);
    }

    @Test
    void whatWasHalfMadeIsGoneOnceItIsDisabled() throws IOException {
        AssetRef.Own vm = new AssetRef.Own(sandbox.tenant, UUID.randomUUID());
        Path left = sandbox.tenantDirectory().resolve(vm.assetId() + ".new");
        Files.createDirectories(left);
        assertThat(sandbox.driver.inventory(sandbox.tenant).items()).noneMatch(Inventory.Item::disabled);

        sandbox.disable(vm);

        assertThat(left).doesNotExist();
        assertThat(sandbox.driver.inventory(sandbox.tenant).items()).allMatch(Inventory.Item::disabled);
    }

    @Test
    void theVirtualDataCenterGoesBeforeItsMachines() throws IOException {
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "web-1", "one");

        assertThatThrownBy(() -> sandbox.disable(machine)).isInstanceOf(DriverException.class);
        sandbox.disable(vdc);

        assertThat(sandbox.inUse(vdc).resolve("vms/web-1/disk.img")).doesNotExist();
        assertThat(sandbox.manifest(machine)).containsExactly(new Disk("disk.img", 3));
    }

    @Test
    void aMachineThatItsOwnerRemovedIsDisabled() throws IOException {
        AssetRef.Own vdc = sandbox.vdc();
        sandbox.disable(vdc);

        assertThat(sandbox.disable(new AssetRef.InVdc(sandbox.tenant, vdc.assetId(), "gone")))
                .isEqualTo(new Presence.ProvenAbsent());
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", ".", "", "a%2Fb", "..%2F..%2Fx", "a/b", "%00", "%zz", "a b"})
    void takesOnlyNamesThatAnInventoryGave(String name) {
        AssetRef.Own vdc = sandbox.vdc();
        sandbox.disable(vdc);
        Map<String, String> before = SandboxFiles.snapshot(sandbox.tenantDirectory());
        AssetRef forged = new AssetRef.InVdc(sandbox.tenant, vdc.assetId(), name);

        assertThatThrownBy(() -> sandbox.disable(forged)).isInstanceOf(DriverException.class);
        assertThatThrownBy(() -> sandbox.delete(forged)).isInstanceOf(DriverException.class);
        assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(before);
    }

    @Test
    void listsWhatIsThereAndWhatDoesNotBelongThere() throws IOException {
        assertThat(sandbox.driver.inventory(sandbox.tenant).isEmpty()).isTrue();
        AssetRef.Own vm = sandbox.vm(1);
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "b%C3%BCro%201", "one");
        Files.writeString(sandbox.tenantDirectory().resolve("notes.txt"), "left here");
        sandbox.disable(vm);

        Inventory inventory = sandbox.driver.inventory(sandbox.tenant);

        assertThat(inventory.findings())
                .containsExactly(new Inventory.Found(place("notes.txt"), Inventory.Mark.NONE, 9, true));
        assertThat(inventory.isEmpty()).isFalse();
        assertThat(inventory.items())
                .containsExactlyInAnyOrder(
                        new Inventory.Item(
                                vm,
                                AssetKind.VM,
                                true,
                                place(vm.assetId() + ".disabled"),
                                true,
                                List.of(new Disk("disk.img", 1 << 20))),
                        new Inventory.Item(
                                vdc, AssetKind.VDC, true, place(vdc.assetId().toString()), false, List.of()),
                        new Inventory.Item(
                                machine, AssetKind.VDC_VM, true, null, false, List.of(new Disk("disk.img", 3))));
    }

    private static Inventory.Place place(String name) {
        return new Inventory.Place(Sandbox.LOCATION, name);
    }

    @Test
    void liesWhereItWasOrderedAndSaysSo() {
        AssetRef.Own vm = new AssetRef.Own(sandbox.tenant, UUID.randomUUID());
        AssetSpec spec = new AssetSpec(vm, AssetKind.VM, "debian-13", 1, 512, 1, Sandbox.ELSEWHERE);

        assertThat(sandbox.create(spec)).isEqualTo(Sandbox.ELSEWHERE);

        Path there = sandbox.root.resolve(Sandbox.ELSEWHERE).resolve(sandbox.tenant.toString());
        assertThat(there.resolve(vm.assetId() + "/disk.img")).hasSize(1 << 20);
        assertThat(sandbox.tenantDirectory()).doesNotExist();
        sandbox.disable(vm);
        assertThat(there.resolve(vm.assetId() + ".disabled/disk.img")).exists();
        sandbox.restore(vm);
        // The asset that lies here is not the answer to an order for another location.
        AssetSpec other = new AssetSpec(vm, AssetKind.VM, "debian-13", 1, 512, 1, Sandbox.LOCATION);
        assertThatThrownBy(() -> sandbox.create(other)).hasMessageContaining("another location");
        AssetSpec unknown = new AssetSpec(
                new AssetRef.Own(sandbox.tenant, UUID.randomUUID()), AssetKind.VM, "debian-13", 1, 512, 1, "../etc");
        assertThatThrownBy(() -> sandbox.create(unknown))
                .isInstanceOfSatisfying(DriverException.class, refusal -> assertThat(refusal.isPermanent())
                        .isTrue());
    }

    @Test
    void neitherLocksNorLeavesWhatALinkPointsTo() throws IOException {
        Path outside = Files.writeString(directory.resolve("outside.img"), "somebody else's");
        Path outsideDirectory = Files.createDirectory(directory.resolve("outside"));
        Files.writeString(outsideDirectory.resolve("disk.img"), "somebody else's too");
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "web-1", "one");
        Path vms = sandbox.inUse(vdc).resolve("vms");
        Files.createSymbolicLink(vms.resolve("web-1/link.img"), outside);
        Files.createSymbolicLink(vms.resolve("web-1/directory"), outsideDirectory);
        Files.createSymbolicLink(vms.resolve("web-2"), outsideDirectory);
        Map<String, String> before = SandboxFiles.snapshot(outsideDirectory);

        sandbox.disable(vdc);

        // The links are listed, without bytes.
        assertThat(sandbox.manifest(machine))
                .contains(new Disk("disk.img", 3))
                .hasSize(3)
                .extracting(Disk::bytes)
                .containsExactlyInAnyOrder(3L, 0L, 0L);
        assertThat(sandbox.driver.inventory(sandbox.tenant).items()).hasSize(2).allMatch(Inventory.Item::disabled);
        assertThat(Sandbox.permissions(outside)).isNotEqualTo("---------");
        assertThat(SandboxFiles.snapshot(outsideDirectory)).isEqualTo(before);
    }

    /** A customer must not be able to hold up its own disablement, nor to shut off what is another's. */
    @Test
    void aDiskThatIsLinkedFromElsewhereIsShutOffByItsDirectory() throws IOException {
        AssetRef.Own neighbour = new AssetRef.Own(UUID.randomUUID(), UUID.randomUUID());
        sandbox.create(Sandbox.vmSpec(neighbour, 1));
        Path neighbours = sandbox.area(neighbour.tenantId()).resolve(neighbour.assetId() + "/disk.img");
        String permissions = Sandbox.permissions(neighbours);
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "web-1", "one");
        Files.createLink(sandbox.inUse(vdc).resolve("vms/web-1/planted.img"), neighbours);
        Map<String, String> before = SandboxFiles.snapshot(sandbox.tenantDirectory());
        sandbox.disable(vdc);

        assertThat(sandbox.manifest(machine)).extracting(Disk::bytes).containsExactlyInAnyOrder(3L, 1L << 20);

        assertThat(Sandbox.permissions(neighbours)).isEqualTo(permissions);
        assertThat(Sandbox.permissions(sandbox.disabled(vdc).resolve("vms/web-1")))
                .isEqualTo("rwx------");
        assertThat(sandbox.driver.inventory(sandbox.tenant).items()).allMatch(Inventory.Item::disabled);
        sandbox.restore(machine);
        sandbox.restore(vdc);
        assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(before);
    }

    /** Deeper than the operating system takes a path for; anybody can make that with a few lines. */
    @Test
    void noDepthHoldsUpADisabling() throws IOException {
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "web-1", "one");
        sandbox.bury(sandbox.inUse(vdc).resolve("vms/web-1"), "deep.img", "far down", 2);
        sandbox.disable(vdc);

        List<Disk> disks = sandbox.manifest(machine);

        assertThat(disks).extracting(Disk::bytes).containsExactlyInAnyOrder(3L, 8L);
        assertThat(sandbox.driver.inventory(sandbox.tenant).items()).allMatch(Inventory.Item::disabled);
        assertThat(sandbox.present(machine).disks()).containsExactlyInAnyOrderElementsOf(disks);
        assertThat(sandbox.restore(machine)).isInstanceOf(Presence.Present.class);
        assertThat(sandbox.restore(vdc)).isInstanceOf(Presence.Present.class);
        assertThat(sandbox.present(machine).disks()).containsExactlyInAnyOrderElementsOf(disks);
    }

    @Test
    void pipesAreListedWithoutBytes() throws Exception {
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "web-1", "one");
        Path pipe = sandbox.inUse(vdc).resolve("vms/web-1/pipe");
        assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0);
        sandbox.disable(vdc);

        List<Disk> disks = sandbox.manifest(machine);

        assertThat(disks).extracting(Disk::bytes).containsExactlyInAnyOrder(3L, 0L);
        assertThat(sandbox.sanitize(machine, Expected.all(disks))).hasSize(2);
        sandbox.delete(machine);
        assertThat(sandbox.disabled(vdc).resolve("vms/web-1")).doesNotExist();
    }

    /** The worker slept through the end of its lease; meanwhile another one restored. */
    @Test
    void aWorkerOfAnOlderEpochChangesNothing() {
        AssetRef.Own vm = sandbox.vm(1);
        long late = Sandbox.epoch();
        sandbox.disable(vm);
        sandbox.restore(vm);
        Map<String, String> restored = SandboxFiles.snapshot(sandbox.tenantDirectory());

        for (Awaited driver : List.of(sandbox.driver, Sandbox.driver(sandbox.root))) {
            assertThatThrownBy(() -> driver.disable(vm, late))
                    .isInstanceOfSatisfying(DriverException.class, refusal -> assertThat(refusal.kind())
                            .isInstanceOf(DriverException.Kind.Conflict.class));
            assertThatThrownBy(() -> driver.create(Sandbox.vmSpec(vm, 1), late)).hasMessageContaining("later worker");
            assertThatThrownBy(() -> driver.restore(vm, sandbox.present(vm), late))
                    .hasMessageContaining("later worker");
            assertThatThrownBy(() -> driver.sanitize(vm, sandbox.present(vm), late))
                    .hasMessageContaining("later worker");
            assertThatThrownBy(() -> driver.delete(vm, sandbox.present(vm), late))
                    .hasMessageContaining("later worker");
        }
        assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(restored);

        // Nor does anything come back that is gone.
        sandbox.disable(vm);
        sandbox.sanitize(vm, Sandbox.SILENT);
        sandbox.delete(vm);
        assertThatThrownBy(() -> sandbox.driver.disable(vm, late)).hasMessageContaining("later worker");
        assertThatThrownBy(() -> sandbox.driver.create(Sandbox.vmSpec(vm, 1), late))
                .hasMessageContaining("later worker");
        assertThat(sandbox.driver.inventory(sandbox.tenant).isEmpty()).isTrue();
    }

    /** The storage of a disabled asset is away: nothing is given back, and the driver does not claim that it was. */
    @Test
    void doesNotGiveBackWhatIsNotThere() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        List<Disk> disks = sandbox.manifest(vm);
        Path disk = sandbox.disabled(vm).resolve("disk.img");
        Path away = Files.move(disk, directory.resolve("away.img"));
        Expected all = Expected.all(disks);

        assertThatThrownBy(() -> sandbox.driver.restore(vm, all, Sandbox.epoch()))
                .hasMessageContaining("1 of the 1 disks that were disabled are not there");
        assertThat(sandbox.inUse(vm)).doesNotExist();

        // Two people attested the loss; the rest comes back.
        Expected lost = new Expected(disks, false, Set.of("disk.img"));
        Files.move(away, disk);
        assertThat(sandbox.driver.restore(vm, lost, Sandbox.epoch())).isEqualTo(new Presence.Present(disks));
        sandbox.disable(vm);
        Path asset = Files.move(sandbox.disabled(vm), directory.resolve("away"));
        assertThat(sandbox.driver.restore(vm, all, Sandbox.epoch())).isEqualTo(new Presence.Unknown());
        assertThat(asset).exists();
    }

    @Test
    void linksWithinAnAssetAreItsOwnMatter() throws IOException {
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "web-1", "one");
        Path vms = sandbox.inUse(vdc).resolve("vms/web-1");
        Files.createLink(vms.resolve("twin.img"), vms.resolve("disk.img"));
        AssetRef.InVdc second = sandbox.machine(vdc, "web-2", "two");
        Files.createLink(sandbox.inUse(vdc).resolve("vms/web-2/shared.img"), vms.resolve("disk.img"));
        Map<String, String> before = SandboxFiles.snapshot(sandbox.tenantDirectory());
        sandbox.disable(vdc);
        // One file is one disk, of the machine with its first name.
        assertThat(sandbox.manifest(second)).hasSize(1);
        assertThat(sandbox.manifest(machine)).hasSize(1);
        assertThat(sandbox.driver.inventory(sandbox.tenant).items()).allMatch(Inventory.Item::disabled);

        sandbox.restore(second);

        sandbox.restore(machine);
        sandbox.restore(vdc);

        assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(before);
    }

    @Test
    void leavesADecisionToTheOperatorWhereAnAssetIsThereTwice() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        sandbox.disable(vm);
        Files.createDirectory(sandbox.inUse(vm));
        Files.writeString(sandbox.inUse(vm).resolve("domain.json"), "{}");
        Map<String, String> before = SandboxFiles.snapshot(sandbox.tenantDirectory());

        assertThatThrownBy(() -> sandbox.disable(vm)).isInstanceOf(DriverException.class);
        assertThatThrownBy(() -> sandbox.restore(vm)).isInstanceOf(DriverException.class);
        assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(before);
    }

    private static int compressed(byte[] content) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        deflater.setInput(content);
        deflater.finish();
        byte[] buffer = new byte[1 << 16];
        int size = 0;
        while (!deflater.finished()) {
            size += deflater.deflate(buffer);
        }
        return size;
    }
}

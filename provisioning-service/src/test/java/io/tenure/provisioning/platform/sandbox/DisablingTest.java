package io.tenure.provisioning.platform.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenure.events.AssetKind;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.kit.Ids;
import io.tenure.provisioning.SandboxFiles;
import io.tenure.provisioning.platform.AssetRef;
import io.tenure.provisioning.platform.DriverException;
import io.tenure.provisioning.platform.Inventory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
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

        sandbox.driver.create(Sandbox.vmSpec(vm, 1));

        assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(first);
    }

    @Test
    void beginsAnewAfterACrashWhileMaking() throws IOException {
        AssetRef.Own vm = new AssetRef.Own(sandbox.tenant, Ids.next());
        Path left = sandbox.tenantDirectory().resolve(vm.assetId() + ".new");
        Files.createDirectories(left);
        Files.writeString(left.resolve("disk.img"), "a part of it");

        sandbox.driver.create(Sandbox.vmSpec(vm, 1));

        assertThat(left).doesNotExist();
        assertThat(sandbox.inUse(vm).resolve("disk.img")).hasSize(1 << 20);
    }

    @Test
    void makesNoDiskThatIsTooLarge() {
        AssetRef.Own vm = new AssetRef.Own(sandbox.tenant, Ids.next());

        assertThatThrownBy(() -> sandbox.driver.create(Sandbox.vmSpec(vm, 17)))
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

        List<Disk> disks = sandbox.driver.disable(vm).disks();

        assertThat(disks).containsExactly(new Disk("disk.img", 1 << 20));
        assertThat(sandbox.inUse(vm)).doesNotExist();
        Path disk = sandbox.disabled(vm).resolve("disk.img");
        assertThat(Sandbox.permissions(disk)).isEqualTo("---------");
        assertThat(Sandbox.permissions(sandbox.disabled(vm))).isEqualTo("rwx------");
        assertThat(SandboxFiles.sha256(disk)).isEqualTo(content);
        assertThat(sandbox.driver.disable(vm).disks()).isEqualTo(disks);
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
        List.of(vm, vdc).forEach(sandbox.driver::disable);
        machines.forEach(sandbox.driver::disable);
        assertThat(sandbox.driver.inventory(sandbox.tenant).items())
                .allMatch(Inventory.Item::disabled)
                .hasSize(5);

        for (int attempt = 0; attempt < 2; attempt++) {
            machines.forEach(sandbox.driver::restore);
            List.of(vm, vdc).forEach(sandbox.driver::restore);

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

        sandbox.driver.disable(vm);

        assertThat(Sandbox.permissions(sandbox.disabled(vm).resolve("disk.img")))
                .isEqualTo("---------");
        sandbox.driver.restore(vm);
        assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(before);
    }

    @Test
    void finishesADisablingThatCrashedBetweenTwoDisks() throws IOException {
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "web-1", "one");
        Path second = sandbox.inUse(vdc).resolve("vms/web-1/second.img");
        Files.writeString(second, "two");
        Map<String, String> before = SandboxFiles.snapshot(sandbox.tenantDirectory());
        sandbox.driver.disable(vdc);
        sandbox.driver.disable(machine);
        // As if the crash had come before the second disk was locked.
        Path locked = sandbox.disabled(vdc).resolve("vms/web-1/second.img");
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rw-r--r--"));

        sandbox.driver.disable(machine);

        assertThat(Sandbox.permissions(locked)).isEqualTo("---------");
        sandbox.driver.restore(machine);
        sandbox.driver.restore(vdc);
        assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(before);
    }

    @Test
    void finishesARestorationThatCrashedBeforeTheRename() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        Map<String, String> before = SandboxFiles.snapshot(sandbox.tenantDirectory());
        sandbox.driver.disable(vm);
        Files.setPosixFilePermissions(
                sandbox.disabled(vm).resolve("disk.img"), PosixFilePermissions.fromString("rw-r--r--"));

        sandbox.driver.restore(vm);

        assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(before);
    }

    @Test
    void finishesARestorationThatCrashedAfterTheRename() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        Map<String, String> before = SandboxFiles.snapshot(sandbox.tenantDirectory());
        sandbox.driver.disable(vm);
        Files.move(sandbox.disabled(vm), sandbox.inUse(vm));

        sandbox.driver.restore(vm);

        assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(before);
    }

    @Test
    void aDisabledOrderIsNotCarriedOutUntilItIsRestored() {
        AssetRef.Own vm = new AssetRef.Own(sandbox.tenant, Ids.next());
        assertThat(sandbox.driver.disable(vm).disks()).isEmpty();

        assertThatThrownBy(() -> sandbox.driver.create(Sandbox.vmSpec(vm, 1))).isInstanceOf(DriverException.class);
        assertThat(sandbox.inUse(vm)).doesNotExist();
        assertThat(sandbox.driver.inventory(sandbox.tenant).items()).allMatch(Inventory.Item::disabled);

        sandbox.driver.restore(vm);
        assertThat(sandbox.driver.inventory(sandbox.tenant).isEmpty()).isTrue();
        sandbox.driver.create(Sandbox.vmSpec(vm, 1));
        assertThat(sandbox.inUse(vm).resolve("disk.img")).hasSize(1 << 20);
    }

    @Test
    void whatWasHalfMadeIsGoneOnceItIsDisabled() throws IOException {
        AssetRef.Own vm = new AssetRef.Own(sandbox.tenant, Ids.next());
        Path left = sandbox.tenantDirectory().resolve(vm.assetId() + ".new");
        Files.createDirectories(left);
        assertThat(sandbox.driver.inventory(sandbox.tenant).items()).noneMatch(Inventory.Item::disabled);

        sandbox.driver.disable(vm);

        assertThat(left).doesNotExist();
        assertThat(sandbox.driver.inventory(sandbox.tenant).items()).allMatch(Inventory.Item::disabled);
    }

    @Test
    void theVirtualDataCenterGoesBeforeItsMachines() throws IOException {
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "web-1", "one");

        assertThatThrownBy(() -> sandbox.driver.disable(machine)).isInstanceOf(DriverException.class);
        sandbox.driver.disable(vdc);

        assertThat(sandbox.inUse(vdc).resolve("vms/web-1/disk.img")).doesNotExist();
        assertThat(sandbox.driver.disable(machine).disks()).containsExactly(new Disk("disk.img", 3));
    }

    @Test
    void aMachineThatItsOwnerRemovedIsDisabled() throws IOException {
        AssetRef.Own vdc = sandbox.vdc();
        sandbox.driver.disable(vdc);

        assertThat(sandbox.driver
                        .disable(new AssetRef.InVdc(sandbox.tenant, vdc.assetId(), "gone"))
                        .disks())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", ".", "", "a%2Fb", "..%2F..%2Fx", "a/b", "%00", "%zz", "a b"})
    void takesOnlyNamesThatAnInventoryGave(String name) {
        AssetRef.Own vdc = sandbox.vdc();
        sandbox.driver.disable(vdc);
        Map<String, String> before = SandboxFiles.snapshot(sandbox.tenantDirectory());
        AssetRef forged = new AssetRef.InVdc(sandbox.tenant, vdc.assetId(), name);

        assertThatThrownBy(() -> sandbox.driver.disable(forged)).isInstanceOf(DriverException.class);
        assertThatThrownBy(() -> sandbox.driver.delete(forged)).isInstanceOf(DriverException.class);
        assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(before);
    }

    @Test
    void listsWhatIsThereAndWhatDoesNotBelongThere() throws IOException {
        assertThat(sandbox.driver.inventory(sandbox.tenant).isEmpty()).isTrue();
        AssetRef.Own vm = sandbox.vm(1);
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "b%C3%BCro%201", "one");
        Files.writeString(sandbox.tenantDirectory().resolve("notes.txt"), "left here");
        sandbox.driver.disable(vm);

        Inventory inventory = sandbox.driver.inventory(sandbox.tenant);

        assertThat(inventory.strays()).isEqualTo(1);
        assertThat(inventory.isEmpty()).isFalse();
        assertThat(inventory.items())
                .containsExactlyInAnyOrder(
                        new Inventory.Item(vm, AssetKind.VM, true, List.of(new Disk("disk.img", 1 << 20))),
                        new Inventory.Item(vdc, AssetKind.VDC, false, List.of()),
                        new Inventory.Item(machine, AssetKind.VDC_VM, false, List.of(new Disk("disk.img", 3))));
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

        sandbox.driver.disable(vdc);

        assertThat(sandbox.driver.disable(machine).disks()).containsExactly(new Disk("disk.img", 3));
        assertThat(sandbox.driver.inventory(sandbox.tenant).items()).hasSize(2).allMatch(Inventory.Item::disabled);
        assertThat(Sandbox.permissions(outside)).isNotEqualTo("---------");
        assertThat(SandboxFiles.snapshot(outsideDirectory)).isEqualTo(before);
    }

    @Test
    void doesNotLockADiskThatIsLinkedFromElsewhere() throws IOException {
        AssetRef.Own neighbour = new AssetRef.Own(Ids.next(), Ids.next());
        sandbox.driver.create(Sandbox.vmSpec(neighbour, 1));
        Path neighbours = sandbox.root.resolve(neighbour.tenantId() + "/" + neighbour.assetId() + "/disk.img");
        String permissions = Sandbox.permissions(neighbours);
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "web-1", "one");
        Path planted = sandbox.inUse(vdc).resolve("vms/web-1/planted.img");
        Files.createLink(planted, neighbours);
        sandbox.driver.disable(vdc);

        assertThatThrownBy(() -> sandbox.driver.disable(machine))
                .isInstanceOf(DriverException.class)
                .hasMessageContaining("linked from outside");

        assertThat(Sandbox.permissions(neighbours)).isEqualTo(permissions);
        Files.delete(sandbox.disabled(vdc).resolve("vms/web-1/planted.img"));
        assertThat(sandbox.driver.disable(machine).disks()).hasSize(1);
    }

    @Test
    void linksWithinAnAssetAreItsOwnMatter() throws IOException {
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "web-1", "one");
        Path vms = sandbox.inUse(vdc).resolve("vms/web-1");
        Files.createLink(vms.resolve("twin.img"), vms.resolve("disk.img"));
        Map<String, String> before = SandboxFiles.snapshot(sandbox.tenantDirectory());
        sandbox.driver.disable(vdc);
        assertThat(sandbox.driver.disable(machine).disks()).hasSize(2);

        sandbox.driver.restore(machine);
        sandbox.driver.restore(vdc);

        assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(before);
    }

    @Test
    void leavesADecisionToTheOperatorWhereAnAssetIsThereTwice() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        sandbox.driver.disable(vm);
        Files.createDirectory(sandbox.inUse(vm));
        Files.writeString(sandbox.inUse(vm).resolve("domain.json"), "{}");
        Map<String, String> before = SandboxFiles.snapshot(sandbox.tenantDirectory());

        assertThatThrownBy(() -> sandbox.driver.disable(vm)).isInstanceOf(DriverException.class);
        assertThatThrownBy(() -> sandbox.driver.restore(vm)).isInstanceOf(DriverException.class);
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

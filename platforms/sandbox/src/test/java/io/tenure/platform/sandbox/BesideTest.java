package io.tenure.platform.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.platform.AssetRef;
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
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in a tenant's area and is not one of its assets. */
class BesideTest {

    @TempDir
    Path directory;

    private Sandbox sandbox;

    @BeforeEach
    void prepare() {
        sandbox = new Sandbox(directory.resolve("sandbox"));
    }

    private static Inventory.Place place(String name) {
        return new Inventory.Place(Sandbox.LOCATION, name);
    }

    @Test
    void whatCarriesAnotherTenantsMarkIsNotTouched() throws IOException {
        AssetRef.Own neighbour = new AssetRef.Own(UUID.randomUUID(), UUID.randomUUID());
        sandbox.create(Sandbox.vmSpec(neighbour, 1));
        AssetRef.Own vm = sandbox.vm(1);
        // A machine that was restored into the wrong place, and one in the place of another.
        Path misplaced = sandbox.tenantDirectory().resolve(neighbour.assetId().toString());
        Files.move(
                sandbox.area(neighbour.tenantId()).resolve(neighbour.assetId().toString()), misplaced);
        Map<String, String> before = SandboxFiles.snapshot(misplaced);
        AssetRef.Own foreign = new AssetRef.Own(sandbox.tenant, neighbour.assetId());

        assertThat(sandbox.driver.inventory(sandbox.tenant).findings())
                .containsExactly(new Inventory.Found(
                        place(neighbour.assetId().toString()), Inventory.Mark.FOREIGN, before(misplaced), false));
        assertThat(sandbox.driver.inventory(sandbox.tenant).items())
                .extracting(Inventory.Item::ref)
                .containsExactly(vm);
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> sandbox.disable(foreign),
                () -> sandbox.driver.sanitize(foreign, Expected.all(List.of()), Sandbox.epoch()),
                () -> sandbox.driver.delete(foreign, Expected.all(List.of()), Sandbox.epoch()),
                () -> sandbox.driver.shutOff(
                        sandbox.tenant, place(neighbour.assetId().toString()), Sandbox.epoch()),
                () -> sandbox.driver.takeIn(
                        new AssetRef.Own(sandbox.tenant, UUID.randomUUID()),
                        place(neighbour.assetId().toString()),
                        Sandbox.epoch()))) {
            assertThatThrownBy(call).hasMessageContaining("another tenant's mark");
        }
        assertThat(SandboxFiles.snapshot(misplaced)).isEqualTo(before);
    }

    private static long before(Path asset) throws IOException {
        return Files.size(asset.resolve("disk.img")) + Files.size(asset.resolve("domain.json"));
    }

    @Test
    void whatLiesBesideTheAssetsIsShutOffAndGivenBackWithThem() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        Path export = Files.createDirectories(sandbox.tenantDirectory().resolve("export 1"));
        Files.writeString(export.resolve("web.img"), "a copy");
        Files.setPosixFilePermissions(export.resolve("web.img"), PosixFilePermissions.fromString("rw-r-----"));
        Map<String, String> before = SandboxFiles.snapshot(sandbox.tenantDirectory());
        sandbox.disable(vm);

        sandbox.driver.shutOff(sandbox.tenant, place("export%201"), Sandbox.epoch());

        assertThat(Sandbox.permissions(export.resolve("web.img"))).isEqualTo("---------");
        assertThat(Sandbox.permissions(export)).isEqualTo("rwx------");
        assertThat(sandbox.driver.inventory(sandbox.tenant).findings())
                .containsExactly(new Inventory.Found(place("export%201"), Inventory.Mark.NONE, 6, false));
        sandbox.restore(vm);
        assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(before);
    }

    /** It was about to shut things off, slept, and the termination was cancelled meanwhile. */
    @Test
    void whoeverShutsOffTooLateChangesNothing() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        Files.writeString(sandbox.tenantDirectory().resolve("notes.txt"), "left here");
        Map<String, String> before = SandboxFiles.snapshot(sandbox.tenantDirectory());
        sandbox.disable(vm);
        long late = Sandbox.epoch();
        sandbox.restore(vm);

        assertThatThrownBy(() -> sandbox.driver.shutOff(sandbox.tenant, place("notes.txt"), late))
                .isInstanceOfSatisfying(DriverException.class, refusal -> assertThat(refusal.kind())
                        .isInstanceOf(DriverException.Kind.Conflict.class));

        assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(before);
    }

    /** Their workers have different epochs and come in any order. */
    @Test
    void assetsThatAreRestoredTogetherDoNotRefuseEachOther() throws IOException {
        AssetRef.Own first = sandbox.vm(1);
        AssetRef.Own second = sandbox.vm(1);
        Files.writeString(sandbox.tenantDirectory().resolve("notes.txt"), "left here");
        Map<String, String> before = SandboxFiles.snapshot(sandbox.tenantDirectory());
        sandbox.disable(first);
        sandbox.disable(second);
        sandbox.driver.shutOff(sandbox.tenant, place("notes.txt"), Sandbox.epoch());
        long earlier = Sandbox.epoch();

        assertThat(sandbox.restore(second)).isInstanceOf(Presence.Present.class);
        assertThat(sandbox.driver.restore(first, sandbox.present(first), earlier))
                .isInstanceOf(Presence.Present.class);

        assertThat(SandboxFiles.snapshot(sandbox.tenantDirectory())).isEqualTo(before);
    }

    /** A restoration that comes after the next shut-off gives nothing back that lies beside the assets. */
    @Test
    void whoeverRestoresTooLateOpensNothingBeside() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        Files.writeString(sandbox.tenantDirectory().resolve("notes.txt"), "left here");
        sandbox.disable(vm);
        long late = Sandbox.epoch();
        sandbox.driver.shutOff(sandbox.tenant, place("notes.txt"), Sandbox.epoch());

        sandbox.driver.restore(vm, sandbox.present(vm), late);

        assertThat(Sandbox.permissions(sandbox.tenantDirectory().resolve("notes.txt")))
                .isEqualTo("---------");
    }

    @Test
    void whatIsTakenInIsAnAssetLikeAnyOther() throws IOException {
        sandbox.vm(1);
        Path export = Files.writeString(sandbox.tenantDirectory().resolve("domain.json"), "a copy, oddly named");
        sandbox.driver.shutOff(sandbox.tenant, place("domain.json"), Sandbox.epoch());
        AssetRef.Own taken = new AssetRef.Own(sandbox.tenant, UUID.randomUUID());

        for (int attempt = 0; attempt < 2; attempt++) {
            sandbox.driver.takeIn(taken, place("domain.json"), Sandbox.epoch());
            assertThat(sandbox.manifest(taken)).extracting(Disk::bytes).containsExactly((long)
                    "a copy, oddly named".length());
        }

        assertThat(export).doesNotExist();
        assertThat(sandbox.driver.inventory(sandbox.tenant).findings()).isEmpty();
        sandbox.restore(taken);
        assertThat(sandbox.inUse(taken).resolve("taken/domain.json")).hasContent("a copy, oddly named");
        assertThat(Sandbox.permissions(sandbox.inUse(taken).resolve("taken/domain.json")))
                .isNotEqualTo("---------");
        sandbox.disable(taken);
        assertThat(sandbox.sanitize(taken, Sandbox.SILENT)).hasSize(1);
        sandbox.delete(taken);
        assertThat(sandbox.disabled(taken)).doesNotExist();
    }

    @Test
    void finishesATakingInThatCrashed() throws IOException {
        sandbox.vm(1);
        AssetRef.Own taken = new AssetRef.Own(sandbox.tenant, UUID.randomUUID());
        Path half = sandbox.tenantDirectory().resolve(taken.assetId() + ".taking/taken");
        Files.createDirectories(half);
        Files.writeString(half.resolve("notes.txt"), "moved already");
        Files.writeString(half.resolveSibling("domain.json"), "{\"tenantId\":\"" + sandbox.tenant + "\"}");

        sandbox.driver.takeIn(taken, place("notes.txt"), Sandbox.epoch());

        assertThat(sandbox.disabled(taken).resolve("taken/notes.txt")).hasContent("moved already");
        assertThatThrownBy(() -> sandbox.driver.takeIn(
                        new AssetRef.Own(sandbox.tenant, UUID.randomUUID()), place("notes.txt"), Sandbox.epoch()))
                .hasMessageContaining("not there any more");
    }
}

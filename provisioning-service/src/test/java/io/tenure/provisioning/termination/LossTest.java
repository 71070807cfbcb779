package io.tenure.provisioning.termination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tenure.events.AssetAction;
import io.tenure.events.LifecycleFact;
import io.tenure.events.LifecycleFact.Command;
import io.tenure.events.LifecycleFact.CommandRepeated;
import io.tenure.events.LifecycleFact.LossAttested;
import io.tenure.events.LifecycleFact.RestorationStarted;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.events.MediaDigest;
import io.tenure.events.ProvisioningFact.AssetActionBlocked;
import io.tenure.events.ProvisioningFact.AssetDisabled;
import io.tenure.events.ProvisioningFact.AssetRestored;
import io.tenure.events.ProvisioningFact.AssetSanitized;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.MediumSanitized;
import io.tenure.events.ProvisioningFact.TenantAssetsDeleted;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.events.ProvisioningFact.TenantRestored;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.TestRecords;
import io.tenure.platform.sandbox.SandboxFiles;
import io.tenure.provisioning.Api;
import io.tenure.provisioning.ProvisioningTest;
import io.tenure.provisioning.Topics;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What two people attest as lost is not waited for any more, in any direction (row P2.3). */
@ProvisioningTest
class LossTest {

    private static final String DEAD_LETTERS = "tenure.lifecycle.provisioning.dlq";
    private static final Disk DISK = new Disk("disk.img", 1 << 20);

    @Inject
    Pool pool;

    private final UUID termination = Ids.next();
    private UUID tenant;
    private UUID vm;
    private UUID other;

    @BeforeEach
    void aTenantWithTwoVms() {
        tenant = Api.newTenant();
        vm = Api.orderVm(tenant, 1);
        other = Api.orderVm(tenant, 1);
        Api.awaitVm(vm, "PROVISIONED");
        Api.awaitVm(other, "PROVISIONED");
    }

    @Test
    void aLostAssetDoesNotHoldUpTheDisablement() throws IOException {
        Files.move(place(vm), away());
        tell(new TerminationRequested(termination));
        awaitBlocked(AssetAction.DISABLE, "does not show the asset, which it made");
        putOff();

        tell(lost(vm, null));

        assertThat(Topics.await(tenant, TenantDisabled.class, 1))
                .singleElement()
                .satisfies(disabled -> {
                    assertThat(disabled.assets()).isEqualTo(2);
                    assertThat(disabled.media()).isEqualTo(1);
                });
        assertThat(Topics.published(tenant, AssetDisabled.class))
                .filteredOn(disabled -> disabled.assetId().equals(vm))
                .singleElement()
                .satisfies(disabled -> {
                    assertThat(disabled.disks()).isZero();
                    assertThat(disabled.disksDigest()).isEqualTo(MediaDigest.ofDisks(List.of()));
                });

        tell(Topics.deletion(tenant, termination));
        assertThat(Topics.await(tenant, TenantAssetsDeleted.class, 1))
                .singleElement()
                .extracting(TenantAssetsDeleted::assets)
                .isEqualTo(2);
        assertThat(Api.vmStatus(vm)).isEqualTo("LOST");
        assertThat(Api.vmStatus(other)).isEqualTo("SANITIZED");
    }

    @Test
    void aLostDiskDoesNotHoldUpTheDeletion() throws IOException {
        disable();
        Files.move(disabled(vm).resolve("disk.img"), away());
        tell(Topics.deletion(tenant, termination));
        awaitBlocked(AssetAction.SANITIZE, "1 of the 1 disks that were disabled are not there");
        putOff();

        tell(lost(vm, DISK));

        Topics.await(tenant, TenantAssetsDeleted.class, 1);
        assertThat(Topics.published(tenant, MediumSanitized.class))
                .extracting(MediumSanitized::assetId)
                .containsExactly(other);
        assertThat(Topics.published(tenant, AssetSanitized.class))
                .filteredOn(sanitized -> sanitized.assetId().equals(vm))
                .singleElement()
                .extracting(AssetSanitized::disks)
                .isEqualTo(0);
    }

    /** It is in the manifest, so if it turns up again it is wiped like the rest. */
    @Test
    void aLostDiskThatTurnsUpAgainIsWiped() throws IOException {
        disable();
        Path disk = disabled(vm).resolve("disk.img");
        Path away = Files.move(disk, away());
        tell(lost(vm, DISK));
        Files.move(away, disk);

        tell(Topics.deletion(tenant, termination));

        Topics.await(tenant, TenantAssetsDeleted.class, 1);
        assertThat(Topics.published(tenant, MediumSanitized.class))
                .extracting(MediumSanitized::assetId)
                .containsExactlyInAnyOrder(vm, other);
        assertThat(disk).doesNotExist();
    }

    /** An asset that vanished is not restored; it ends as lost, and that is published. */
    @Test
    void aRestorationDoesNotPretend() throws IOException {
        disable();
        Path away = Files.move(disabled(vm), away());
        tell(new RestorationStarted(termination));
        awaitBlocked(AssetAction.RESTORE, "the asset that was disabled is not there");
        assertThat(Topics.published(tenant, TenantRestored.class)).isEmpty();
        assertThat(Api.vmStatus(vm)).isEqualTo("RESTORING");
        putOff();

        tell(lost(vm, null));

        assertThat(Topics.await(tenant, TenantRestored.class, 1))
                .containsExactly(new TenantRestored(termination, 1, 1));
        assertThat(Api.vmStatus(vm)).isEqualTo("LOST");
        assertThat(Api.vmStatus(other)).isEqualTo("PROVISIONED");
        assertThat(Topics.published(tenant, AssetRestored.class))
                .extracting(AssetRestored::assetId)
                .containsExactly(other);

        // The next termination does not look for it, but if it turns up, it is the tenant's.
        Files.move(away, disabled(vm));
        UUID second = Ids.next();
        Topics.publish("lifecycle", tenant, second, new TerminationRequested(second));
        assertThat(Topics.await(tenant, TenantDisabled.class, 2)).last().satisfies(again -> {
            assertThat(again.terminationId()).isEqualTo(second);
            assertThat(again.assets()).isEqualTo(2);
            assertThat(again.media()).isEqualTo(2);
        });
        assertThat(Api.vmStatus(vm)).isEqualTo("DISABLED");
    }

    @Test
    void aRestorationWaitsForADiskThatIsMissing() throws IOException {
        disable();
        Path disk = disabled(vm).resolve("disk.img");
        Path away = Files.move(disk, away());
        tell(new RestorationStarted(termination));
        awaitBlocked(AssetAction.RESTORE, "1 of the 1 disks that were disabled are not there");
        assertThat(place(vm)).doesNotExist();

        Files.move(away, disk);
        assertThat(Topics.await(tenant, TenantRestored.class, 1))
                .containsExactly(new TenantRestored(termination, 2, 0));
        assertThat(place(vm).resolve("disk.img")).exists();
    }

    /** An attestation says that people looked for the asset, not that unmounted storage is the platform. */
    @Test
    void aPlatformThatProvesNothingIsNotBelievedForIt() throws IOException {
        Path elsewhere = SandboxFiles.root().resolveSibling("sandbox-of-losses");
        Files.move(SandboxFiles.root(), elsewhere);
        try {
            tell(new TerminationRequested(termination));
            awaitBlocked(AssetAction.DISABLE, "does not carry the platform's mark");
            tell(lost(vm, null));
            int told = Topics.published(tenant, AssetActionBlocked.class).size();
            await().until(() ->
                    Topics.published(tenant, AssetActionBlocked.class).size() > told);
            assertThat(Topics.published(tenant, AssetDisabled.class)).isEmpty();
        } finally {
            Files.move(elsewhere, SandboxFiles.root());
        }
        // It is there after all, and is disabled like the rest.
        tell(new CommandRepeated(termination, Command.DISABLE, null));
        assertThat(Topics.await(tenant, TenantDisabled.class, 1))
                .singleElement()
                .extracting(TenantDisabled::media)
                .isEqualTo(2);
    }

    @Test
    void whatIsNotInTheManifestCannotBeLost() {
        UUID stranger = Api.newTenant();
        UUID strangersVm = Api.orderVm(stranger, 1);
        disable();

        tell(new LossAttested(termination, vm, null, "ada", "ada"));
        tell(lost(Ids.next(), null));
        tell(lost(strangersVm, null));
        tell(lost(vm, new Disk("disk.img", 5)));
        tell(lost(vm, new Disk("other.img", 1 << 20)));
        tell(new LossAttested(Ids.next(), vm, null, "ada", "grace"));

        await().until(() -> TestRecords.read(DEAD_LETTERS, tenant.toString()).size() == 6);
        assertThat(TestRecords.read(DEAD_LETTERS, tenant.toString()))
                .extracting(letter -> TestRecords.header(letter, "dead-letter-reason"))
                .containsExactly(
                        "A loss is attested by two different people",
                        "The tenant has no such asset",
                        "The tenant has no such asset",
                        "The asset had no such disk when it was disabled",
                        "The asset had no such disk when it was disabled",
                        "The fact belongs to a termination that is not in force");
        assertThat(pool.preparedQuery("SELECT FROM loss WHERE termination_id = $1")
                        .execute(Tuple.of(termination))
                        .await()
                        .indefinitely()
                        .rowCount())
                .isZero();
    }

    @Test
    void aLossAfterTheEndIsRefused() {
        disable();
        tell(new RestorationStarted(termination));
        Topics.await(tenant, TenantRestored.class, 1);

        tell(lost(vm, null));

        await().until(() -> TestRecords.read(DEAD_LETTERS, tenant.toString()).size() == 1);
        assertThat(TestRecords.header(
                        TestRecords.read(DEAD_LETTERS, tenant.toString()).getFirst(), "dead-letter-reason"))
                .isEqualTo("The termination is over: the tenant is ACTIVE");
    }

    private void disable() {
        tell(new TerminationRequested(termination));
        Topics.await(tenant, TenantDisabled.class, 1);
    }

    private void tell(LifecycleFact fact) {
        Topics.publish("lifecycle", tenant, termination, fact);
    }

    private LossAttested lost(UUID asset, Disk disk) {
        return new LossAttested(termination, asset, disk, "ada", "grace");
    }

    private Path place(UUID asset) {
        return SandboxFiles.tenant(tenant).resolve(asset.toString());
    }

    private Path disabled(UUID asset) {
        return SandboxFiles.tenant(tenant).resolve(asset + ".disabled");
    }

    private static Path away() {
        return SandboxFiles.root().resolveSibling("away-" + Ids.next());
    }

    private void awaitBlocked(AssetAction action, String reason) {
        await().until(() -> Topics.published(tenant, AssetActionBlocked.class).stream()
                .anyMatch(fact -> fact.action() == action && fact.reason().contains(reason)));
    }

    /** Postpones automatic retries by an hour. */
    private void putOff() {
        await().until(() -> pool.preparedQuery("UPDATE task SET due_at = now() + interval '1 hour'"
                                + " WHERE tenant_id = $1 AND leased_until IS NULL")
                        .execute(Tuple.of(tenant))
                        .await()
                        .indefinitely()
                        .rowCount()
                > 0);
    }
}

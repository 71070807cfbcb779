package io.tenure.provisioning.termination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;

import io.tenure.events.LifecycleFact.Command;
import io.tenure.events.LifecycleFact.CommandRepeated;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.events.ProvisioningFact.AssetActionBlocked;
import io.tenure.events.ProvisioningFact.AssetSanitized;
import io.tenure.events.ProvisioningFact.MediumDisabled;
import io.tenure.events.ProvisioningFact.TenantAssetsDeleted;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.kit.Ids;
import io.tenure.platform.sandbox.SandboxFiles;
import io.tenure.provisioning.Api;
import io.tenure.provisioning.ProvisioningTest;
import io.tenure.provisioning.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A tenant that has something on two platforms. */
@ProvisioningTest
class SeveralPlatformsTest {

    private final UUID termination = Ids.next();
    private UUID tenant;
    private UUID here;
    private UUID there;

    private static Path archive() {
        return Path.of(ConfigProvider.getConfig().getValue("tenure.sandbox.archive.root", String.class));
    }

    private Path onArchive() {
        return archive().resolve("fr-par-1").resolve(tenant.toString());
    }

    @BeforeEach
    void aVmOnEach() {
        tenant = Api.id(Api.asManager()
                .body(Api.tenantBody("Customer plc").replace("de-ber-1", "fr-par-1"))
                .post("/v1/tenants")
                .then()
                .statusCode(201));
        here = Api.orderVm(tenant, 1);
        there = Api.id(Api.asManager()
                .body(Api.vmBody("archive-1", 1).replace("de-fra-1", "fr-par-1"))
                .post("/v1/tenants/{id}/vms", tenant)
                .then()
                .statusCode(202));
        Api.awaitVm(here, "PROVISIONED");
        Api.awaitVm(there, "PROVISIONED");
    }

    @Test
    void isDisabledAndDeletedOnBoth() {
        assertThat(SandboxFiles.tenant(tenant).resolve(here + "/disk.img")).exists();
        assertThat(onArchive().resolve(there + "/disk.img")).exists();

        Topics.publish("lifecycle", tenant, termination, new TerminationRequested(termination));
        Topics.await(tenant, TenantDisabled.class, 1);
        assertThat(Topics.published(tenant, MediumDisabled.class))
                .extracting(MediumDisabled::assetId)
                .containsExactlyInAnyOrder(here, there);
        Topics.publish("lifecycle", tenant, termination, Topics.deletion(tenant, termination));
        Topics.await(tenant, TenantAssetsDeleted.class, 1);

        assertThat(SandboxFiles.tenant(tenant)).doesNotExist();
        assertThat(onArchive()).doesNotExist();
    }

    /** The other platform goes on, and the tenant does not count as deleted. */
    @Test
    void oneThatIsAwayHoldsUpNothingButTheEnd() throws IOException {
        Topics.publish("lifecycle", tenant, termination, new TerminationRequested(termination));
        Topics.await(tenant, TenantDisabled.class, 1);
        Path away = Files.move(archive(), archive().resolveSibling("sandbox-archive-away"));
        try {
            Topics.publish("lifecycle", tenant, termination, Topics.deletion(tenant, termination));
            assertThat(Topics.await(tenant, AssetSanitized.class, 1))
                    .extracting(AssetSanitized::assetId)
                    .containsExactly(here);
            await().until(() -> Topics.published(tenant, AssetActionBlocked.class).stream()
                    .anyMatch(blocked -> there.equals(blocked.assetId())
                            && blocked.reason().contains("does not carry the platform's mark")));
            assertThat(Topics.published(tenant, TenantAssetsDeleted.class)).isEmpty();
        } finally {
            Files.move(away, archive());
        }
        Topics.publish(
                "lifecycle",
                tenant,
                termination,
                new CommandRepeated(termination, Command.DELETE, Topics.manifest(tenant)));
        Topics.await(tenant, TenantAssetsDeleted.class, 1);
    }

    /** Somebody copied a machine to another platform than the recorded one: it is shut off, and a person decides. */
    @Test
    void aCopyOnTheOtherOneIsAFinding() throws IOException {
        Path copy = onArchive().resolve(here.toString());
        Files.createDirectories(copy);
        for (String file : new String[] {"domain.json", "disk.img"}) {
            Files.copy(SandboxFiles.tenant(tenant).resolve(here + "/" + file), copy.resolve(file));
        }
        Topics.publish("lifecycle", tenant, termination, new TerminationRequested(termination));

        await().until(() -> Topics.published(tenant, AssetActionBlocked.class).stream()
                .anyMatch(
                        blocked -> blocked.reason().contains("1 things in the tenant's area are none of its assets")));
        assertThat(copy).doesNotExist();
        Api.as(Api.token("csp-operator"))
                .get("/v1/tenants/{id}/findings", tenant)
                .then()
                .body("items.name", contains(here + ".disabled"))
                .body("items[0].location", equalTo("fr-par-1"))
                .body("items[0].mark", equalTo("OWN"));
        assertThat(Topics.published(tenant, TenantDisabled.class)).isEmpty();

        Path shutOff = onArchive().resolve(here + ".disabled");
        Files.setPosixFilePermissions(shutOff, PosixFilePermissions.fromString("rwx------"));
        Files.delete(shutOff.resolve("domain.json"));
        Files.delete(shutOff.resolve("disk.img"));
        Files.delete(shutOff);
        Topics.publish("lifecycle", tenant, termination, new CommandRepeated(termination, Command.DISABLE, null));
        assertThat(Topics.await(tenant, TenantDisabled.class, 1))
                .singleElement()
                .extracting(TenantDisabled::media)
                .isEqualTo(2);
    }
}

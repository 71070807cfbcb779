package io.tenure.provisioning.asset;

import static io.tenure.provisioning.Api.asManager;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.vertx.VertxContextSupport;
import io.tenure.events.ProvisioningFact.VdcQuotaExceeded;
import io.tenure.platform.sandbox.SandboxFiles;
import io.tenure.provisioning.Api;
import io.tenure.provisioning.ProvisioningTest;
import io.tenure.provisioning.Topics;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The usage of virtual data centers is measured against the quota. */
@ProvisioningTest
class VdcUsageTest {

    @Inject
    VdcUsage usage;

    @Inject
    Pool pool;

    @Test
    void tellsWhereMoreLiesInAVdcThanWasAgreed() throws Throwable {
        UUID tenant = Api.newTenant();
        UUID vdc = Api.id(asManager()
                .body(Api.vdcBody("small").replace("\"storageMiB\":102400", "\"storageMiB\":2"))
                .post("/v1/tenants/{id}/vdcs", tenant)
                .then()
                .statusCode(202));
        UUID other = Api.orderVdc(tenant);
        Api.awaitVdc(vdc, "PROVISIONED");
        Api.awaitVdc(other, "PROVISIONED");
        Path machine = Files.createDirectories(SandboxFiles.tenant(tenant).resolve(vdc + "/vms/web-1"));
        Path disk = Files.writeString(machine.resolve("disk.img"), "x".repeat(2 << 20));

        measure(tenant);
        asManager().get("/v1/vdcs/{id}", vdc).then().body("storageUsedBytes", equalTo(2 << 20));
        asManager().get("/v1/vdcs/{id}", other).then().body("storageUsedBytes", equalTo(0));
        assertThat(Topics.published(tenant, VdcQuotaExceeded.class)).isEmpty();

        // A sparse disk takes no space yet, but counts with its full size.
        resize(disk, (2 << 20) + 1);
        measure(tenant);
        VdcQuotaExceeded exceeded = new VdcQuotaExceeded(vdc, 2, (2 << 20) + 1);
        assertThat(Topics.await(tenant, VdcQuotaExceeded.class, 1)).containsExactly(exceeded);
        measure(tenant);
        assertThat(Topics.published(tenant, VdcQuotaExceeded.class)).containsExactly(exceeded);

        resize(disk, 5);
        measure(tenant);
        resize(disk, 3 << 20);
        measure(tenant);
        assertThat(Topics.await(tenant, VdcQuotaExceeded.class, 2))
                .containsExactly(exceeded, new VdcQuotaExceeded(vdc, 2, 3 << 20));
    }

    private static void resize(Path disk, long bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(bytes);
        }
    }

    /** Makes the sweep measure all of a tenant's VDCs. */
    private void measure(UUID tenant) throws Throwable {
        pool.preparedQuery("UPDATE asset SET used_bytes = coalesce(used_bytes, 0), measured_at = 'epoch'"
                        + " WHERE tenant_id = $1 AND kind = 'VDC'")
                .execute(Tuple.of(tenant))
                .await()
                .indefinitely();
        VertxContextSupport.subscribeAndAwait(usage::sweep);
        await().until(() -> pool.preparedQuery("SELECT FROM asset WHERE tenant_id = $1 AND measured_at = 'epoch'")
                        .execute(Tuple.of(tenant))
                        .await()
                        .indefinitely()
                        .rowCount()
                == 0);
    }
}

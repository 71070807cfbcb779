package io.tenure.provisioning.asset;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.vertx.VertxContextSupport;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.UnitOfWork;
import io.tenure.provisioning.Api;
import io.tenure.provisioning.ProvisioningTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.hibernate.reactive.mutiny.Mutiny;
import org.junit.jupiter.api.Test;

@ProvisioningTest
class AssetsTest {

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    Assets assets;

    /** They go to the database in one batch, whatever changed of each. */
    @Test
    void assetsThatChangeDifferentlyAreStoredTogether() throws Throwable {
        UUID tenant = Api.newTenant();
        UUID first = Api.orderVm(tenant, 1);
        UUID second = Api.orderVm(tenant, 1);
        UUID third = Api.orderVm(tenant, 1);
        List.of(first, second, third).forEach(vm -> Api.awaitVm(vm, "PROVISIONED"));

        in(() -> assets.of(tenant)
                .invoke(all -> {
                    all.get(0).beginDisabling();
                    all.get(1).beginDisabling();
                    all.get(1).obstructed(tenant, "no storage", 1, null);
                    all.get(2).beginDisabling();
                    all.get(2).disabled(tenant, List.of());
                })
                .chain(() -> Panache.getSession().flatMap(Mutiny.Session::flush)));

        List<Asset> stored = in(() -> assets.of(tenant));
        assertThat(stored).extracting(Asset::id).containsExactly(first, second, third);
        assertThat(stored)
                .extracting(Asset::status)
                .containsExactly(AssetStatus.DISABLING, AssetStatus.DISABLING, AssetStatus.DISABLED);
        assertThat(stored).extracting(asset -> asset.obstacle).containsExactly(null, "no storage", null);
    }

    private <T> T in(Supplier<Uni<T>> work) throws Throwable {
        return VertxContextSupport.subscribeAndAwait(() -> unitOfWork.run(work));
    }
}

package io.tenure.provisioning.termination;

import io.smallrye.mutiny.Uni;
import io.tenure.events.LifecycleFact.LossAttested;
import io.tenure.kit.problem.Refusal;
import io.tenure.provisioning.asset.Asset;
import io.tenure.provisioning.asset.Assets;
import io.tenure.provisioning.asset.Losses;
import io.tenure.provisioning.asset.Media;
import io.tenure.provisioning.tenant.Tenant;
import io.tenure.provisioning.tenant.Tenants;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;

/**
 * What two people attest as lost is not waited for any more (row P2.3). An attestation does not vouch for a platform:
 * one that cannot prove its identity is still not believed.
 */
@ApplicationScoped
public class Attestations {

    private final Tenants tenants;
    private final Assets assets;
    private final Media media;
    private final Losses losses;

    Attestations(Tenants tenants, Assets assets, Media media, Losses losses) {
        this.tenants = tenants;
        this.assets = assets;
        this.media = media;
        this.losses = losses;
    }

    /**
     * Records a loss and retries whatever waited for it. Refuses what is not in the manifest of the tenant's
     * termination.
     */
    public Uni<Void> lost(UUID tenantId, LossAttested fact) {
        if (fact.askedBy().equals(fact.attestedBy())) {
            throw new Refusal("same-person", "A loss is attested by two different people");
        }
        return tenants.lock(tenantId)
                .onItem()
                .ifNull()
                .failWith(() -> new Refusal("no-such-tenant", "No such tenant"))
                .invoke(tenant -> tenant.mustBeIn(fact.terminationId()))
                .flatMap(tenant -> assets.find(fact.assetId())
                        .invoke(asset -> mustBeOf(tenant, asset))
                        .call(asset -> mustHave(asset, fact))
                        .call(asset -> losses.add(
                                fact.terminationId(),
                                asset.id(),
                                fact.disk() == null ? null : fact.disk().name()))
                        .chain(() -> assets.of(tenant.id()))
                        .flatMap(all -> assets.requestReconciliation(waiting(all, fact), fact.terminationId()))
                        .chain(() -> tenants.requestReconciliation(tenant)));
    }

    /** If a virtual data center is lost, so are the machines in it. */
    private static List<Asset> waiting(List<Asset> all, LossAttested fact) {
        return all.stream()
                .filter(asset ->
                        asset.id().equals(fact.assetId()) || fact.assetId().equals(asset.vdcId()))
                .filter(asset -> asset.status().isUnderWay())
                .toList();
    }

    private static void mustBeOf(Tenant tenant, Asset asset) {
        if (asset == null || !asset.tenantId().equals(tenant.id())) {
            throw new Refusal("not-in-manifest", "The tenant has no such asset");
        }
        asset.mustBeLosable();
    }

    private Uni<Void> mustHave(Asset asset, LossAttested fact) {
        return fact.disk() == null
                ? Uni.createFrom().voidItem()
                : media.of(asset.id())
                        .invoke(disks -> {
                            if (!disks.contains(fact.disk())) {
                                throw new Refusal("not-in-manifest", "The asset had no such disk when it was disabled");
                            }
                        })
                        .replaceWithVoid();
    }
}

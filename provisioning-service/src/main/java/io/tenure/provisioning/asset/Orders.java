package io.tenure.provisioning.asset;

import io.smallrye.mutiny.Uni;
import io.tenure.events.AssetKind;
import io.tenure.kit.audittrail.AdministrativeActions;
import io.tenure.kit.idempotency.IdempotencyKeys;
import io.tenure.kit.idempotency.Once;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.problem.Problem;
import io.tenure.platform.Platform;
import io.tenure.provisioning.disclosure.Disclosures;
import io.tenure.provisioning.image.Images;
import io.tenure.provisioning.platform.Platforms;
import io.tenure.provisioning.tenant.Tenant;
import io.tenure.provisioning.tenant.Tenants;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.List;
import java.util.UUID;

/**
 * Takes orders (matrix row P1.2a). Machines inside a VDC cannot be ordered: the customer makes them itself (row C1.2).
 * The tenant's lock keeps an order and a termination of the same tenant apart.
 */
@ApplicationScoped
class Orders {

    private final IdempotencyKeys keys;
    private final Tenants tenants;
    private final Assets assets;
    private final Images images;
    private final Disclosures disclosures;
    private final Platforms platforms;
    private final Outbox outbox;
    private final AdministrativeActions actions;
    private final Clock clock;

    Orders(
            IdempotencyKeys keys,
            Tenants tenants,
            Assets assets,
            Images images,
            Disclosures disclosures,
            Platforms platforms,
            Outbox outbox,
            AdministrativeActions actions,
            Clock clock) {
        this.keys = keys;
        this.tenants = tenants;
        this.assets = assets;
        this.images = images;
        this.disclosures = disclosures;
        this.platforms = platforms;
        this.outbox = outbox;
        this.actions = actions;
        this.clock = clock;
    }

    /** @param key the caller's Idempotency-Key, or null */
    Uni<Once<Asset>> order(UUID tenantId, String key, NewVm vm) {
        return keys.once(
                key,
                "POST " + Tenant.path(tenantId) + "/vms",
                vm,
                id -> images.mustBeOffered(vm.image())
                        .chain(() -> take(
                                Asset.ordered(
                                        id,
                                        tenantId,
                                        AssetKind.VM,
                                        vm.name(),
                                        vm.image(),
                                        vm.vcpus(),
                                        vm.memoryMiB(),
                                        vm.diskMiB(),
                                        vm.location(),
                                        clock.instant()),
                                "vm.order")),
                Asset::id);
    }

    /** @param key the caller's Idempotency-Key, or null */
    Uni<Once<Asset>> order(UUID tenantId, String key, NewVdc vdc) {
        return keys.once(
                key,
                "POST " + Tenant.path(tenantId) + "/vdcs",
                vdc,
                id -> take(
                        Asset.ordered(
                                id,
                                tenantId,
                                AssetKind.VDC,
                                vdc.name(),
                                null,
                                vdc.vcpus(),
                                vdc.memoryMiB(),
                                vdc.storageMiB(),
                                vdc.location(),
                                clock.instant()),
                        "vdc.order"),
                Asset::id);
    }

    private Uni<Asset> take(Asset asset, String action) {
        return disclosures
                .mustBeDisclosed(List.of(asset.location))
                .map(disclosed -> asset.placedOn(platformIn(asset.location).name()))
                .call(() -> tenants.lock(asset.tenantId())
                        .onItem()
                        .ifNull()
                        .failWith(() -> Problem.notFound("tenant"))
                        .invoke(tenant -> tenant.mustAcceptOrder(asset.location)))
                .call(() -> assets.add(asset))
                .chain(fact -> outbox.append(asset.tenantId(), asset.path(), null, fact))
                .chain(() -> actions.record(asset.tenantId(), action, asset.path(), null))
                .chain(() -> assets.requestReconciliation(List.of(asset), null))
                .replaceWith(asset);
    }

    private Platform platformIn(String location) {
        return platforms
                .in(location)
                .orElseThrow(() -> Problem.conflict(
                        "location-without-platform",
                        "No platform serves this location at present. Order in another one that the tenant allows."));
    }
}

package io.tenure.provisioning.termination;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.tenure.events.MediaDigest;
import io.tenure.events.ProvisioningFact.AssetActionBlocked;
import io.tenure.events.ProvisioningFact.Medium;
import io.tenure.events.ProvisioningFact.TenantAssetsDeleted;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.kit.Ids;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.task.Reconciliation;
import io.tenure.kit.task.Step;
import io.tenure.kit.task.Task;
import io.tenure.kit.task.Work;
import io.tenure.provisioning.asset.Asset;
import io.tenure.provisioning.asset.AssetStatus;
import io.tenure.provisioning.asset.Assets;
import io.tenure.provisioning.asset.Media;
import io.tenure.provisioning.platform.AssetRef;
import io.tenure.provisioning.platform.DriverException;
import io.tenure.provisioning.platform.Hypervisor;
import io.tenure.provisioning.platform.Inventory;
import io.tenure.provisioning.tenant.Contacts;
import io.tenure.provisioning.tenant.Tenant;
import io.tenure.provisioning.tenant.TenantStatus;
import io.tenure.provisioning.tenant.Tenants;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Looks at the hypervisor before a tenant goes on: it is disabled only when everything that is there is, and deleted only
 * when nothing is there. What no record tells of, as a customer's machines in its VDC, is disabled and taken into the records
 * until the manifest is frozen. What is found after that waits for a person: it was kept for no month, so it is not wiped on the
 * way.
 */
@ApplicationScoped
class TenantInventory implements Reconciliation<Instant, Inventory> {

    static final String KIND = "tenant-inventory";

    private static final Logger LOG = Logger.getLogger(TenantInventory.class);

    private final Hypervisor hypervisor;
    private final Tenants tenants;
    private final Assets assets;
    private final Media media;
    private final Contacts contacts;
    private final Outbox outbox;
    private final Clock clock;

    TenantInventory(
            Hypervisor hypervisor,
            Tenants tenants,
            Assets assets,
            Media media,
            Contacts contacts,
            Outbox outbox,
            Clock clock) {
        this.hypervisor = hypervisor;
        this.tenants = tenants;
        this.assets = assets;
        this.media = media;
        this.contacts = contacts;
        this.outbox = outbox;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Duration deadline() {
        return hypervisor.deadline();
    }

    /** Only while nothing is under way: an older look would show what is gone since. */
    @Override
    public Uni<Step<Instant>> plan(Task task) {
        return tenants.lock(task.tenantId()).flatMap(tenant -> assets.of(tenant.id())
                .map(all -> isItsTurn(tenant, all) ? Step.act(clock.instant()) : Step.done()));
    }

    @Override
    public Uni<Inventory> act(Work work, Instant begunAt) {
        UUID tenantId = work.task().tenantId();
        return hypervisor.call(work, driver -> driver.inventory(tenantId));
    }

    @Override
    public Uni<Step<Instant>> settle(Task task, Instant inventoriedAt, Inventory inventory) {
        return tenants.lock(task.tenantId())
                .flatMap(
                        tenant -> assets.of(tenant.id()).flatMap(all -> compare(tenant, all, inventory, inventoriedAt)))
                .map(obstacle -> obstacle.<Step<Instant>>map(reason -> Step.obstructed(DriverException.passing(reason)))
                        .orElseGet(Step::done));
    }

    /** @return what is in the way, if anything is */
    private Uni<Optional<String>> compare(Tenant tenant, List<Asset> all, Inventory inventory, Instant inventoriedAt) {
        if (!isItsTurn(tenant, all)) {
            // The last asset that is under way has another inventory taken.
            return Uni.createFrom().item(Optional.empty());
        }
        return tenant.status() == TenantStatus.DISABLING
                ? disabling(tenant, all, inventory)
                : deleting(tenant, all, inventory, inventoriedAt);
    }

    private static boolean isItsTurn(Tenant tenant, List<Asset> all) {
        return (tenant.status() == TenantStatus.DISABLING || tenant.status() == TenantStatus.DELETING)
                && all.stream().noneMatch(asset -> asset.status().isUnderWay());
    }

    private Uni<Optional<String>> disabling(Tenant tenant, List<Asset> all, Inventory inventory) {
        List<Inventory.Item> reachable =
                inventory.items().stream().filter(item -> !item.disabled()).toList();
        List<Inventory.Item> unknown = inventory.items().stream()
                .filter(item -> !byRef(all).containsKey(item.ref()))
                .toList();
        if (!reachable.isEmpty() || !unknown.isEmpty()) {
            return disable(tenant, all, union(reachable, unknown)).replaceWith(Optional.empty());
        }
        if (inventory.strays() > 0) {
            return obstacle(inventory.strays() + " things in the tenant's area are no assets");
        }
        return media.manifest(tenant.id())
                .flatMap(
                        manifest -> manifest.size() == shown(all, inventory, manifest)
                                ? freeze(tenant, all, manifest)
                                : obstacle(
                                        "the hypervisor shows other disks than those that were disabled: bring back what is missing"));
    }

    /** How many disks of the manifest the hypervisor shows; less than none where it shows another one. */
    private static int shown(List<Asset> all, Inventory inventory, List<Medium> manifest) {
        Map<AssetRef, Asset> known = byRef(all);
        List<Medium> shown = inventory.items().stream()
                .flatMap(item -> item.disks().stream()
                        .map(disk -> new Medium(known.get(item.ref()).id(), disk.name(), disk.bytes())))
                .toList();
        return Set.copyOf(manifest).containsAll(shown) ? shown.size() : -1;
    }

    private Uni<Optional<String>> freeze(Tenant tenant, List<Asset> all, List<Medium> manifest) {
        String digest = MediaDigest.ofManifest(manifest);
        tenant.disabled(digest);
        int count = (int) all.stream()
                .filter(asset -> asset.status() == AssetStatus.DISABLED)
                .count();
        return outbox.append(
                        tenant.id(),
                        Tenant.path(tenant.id()),
                        tenant.terminationId(),
                        new TenantDisabled(tenant.terminationId(), count, manifest.size(), digest))
                .replaceWith(Optional.empty());
    }

    private Uni<Optional<String>> deleting(Tenant tenant, List<Asset> all, Inventory inventory, Instant inventoriedAt) {
        if (!inventory.isEmpty()) {
            return obstacle("the hypervisor still holds " + inventory.items().size() + " assets and "
                    + inventory.strays()
                    + " other things of the tenant that are not in the manifest, or came back; they are"
                    + " not deleted without a person's decision");
        }
        tenant.deleted(clock.instant());
        int count = (int) all.stream()
                .filter(asset -> asset.status() == AssetStatus.SANITIZED)
                .count();
        return outbox.append(
                        tenant.id(),
                        Tenant.path(tenant.id()),
                        tenant.terminationId(),
                        new TenantAssetsDeleted(tenant.terminationId(), count, inventoriedAt))
                .chain(() -> contacts.scheduleErasure(tenant.id(), tenant.terminationId()))
                .replaceWith(Optional.empty());
    }

    /** Has what was found disabled; takes it into the records where they do not know it. */
    private Uni<Void> disable(Tenant tenant, List<Asset> all, List<Inventory.Item> found) {
        Map<AssetRef, Asset> known = byRef(all);
        List<Asset> sent = new ArrayList<>();
        List<Asset> added = new ArrayList<>();
        for (Inventory.Item item : found) {
            Asset asset = known.get(item.ref());
            if (asset == null) {
                asset = Asset.found(id(item.ref()), item.ref(), item.kind(), clock.instant());
                known.put(item.ref(), asset);
                added.add(asset);
                LOG.infof("Found a %s of tenant %s that no record tells of", item.kind(), tenant.id());
            } else {
                asset.beginDisabling();
            }
            sent.add(asset);
        }
        return Multi.createFrom()
                .iterable(added)
                .onItem()
                .transformToUniAndConcatenate(assets::add)
                .collect()
                .last()
                .chain(() -> assets.requestReconciliation(sent, tenant.terminationId()));
    }

    private static UUID id(AssetRef ref) {
        return switch (ref) {
            case AssetRef.Own own -> own.assetId();
            case AssetRef.InVdc machine -> Ids.next();
        };
    }

    private static Map<AssetRef, Asset> byRef(List<Asset> all) {
        return all.stream().collect(Collectors.toMap(Asset::ref, Function.identity()));
    }

    private static List<Inventory.Item> union(List<Inventory.Item> some, List<Inventory.Item> more) {
        return Stream.concat(some.stream(), more.stream()).distinct().toList();
    }

    private static Uni<Optional<String>> obstacle(String reason) {
        return Uni.createFrom().item(Optional.of(reason));
    }

    @Override
    public Uni<Void> failed(Task task, Throwable failure, Instant nextRetryAt) {
        String reason = DriverException.reasonOf(failure);
        LOG.warnf("Inventory of tenant %s: attempt %d failed: %s", task.tenantId(), task.attempts(), reason);
        return tenants.lock(task.tenantId())
                .flatMap(tenant -> outbox.append(
                        tenant.id(),
                        Tenant.path(tenant.id()),
                        tenant.terminationId(),
                        new AssetActionBlocked(
                                tenant.terminationId(), null, "INVENTORY", reason, task.attempts(), nextRetryAt)))
                .replaceWithVoid();
    }
}

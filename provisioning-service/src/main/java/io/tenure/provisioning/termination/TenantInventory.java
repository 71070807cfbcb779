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
import io.tenure.provisioning.asset.Losses;
import io.tenure.provisioning.asset.Media;
import io.tenure.provisioning.finding.Findings;
import io.tenure.provisioning.platform.AssetRef;
import io.tenure.provisioning.platform.DriverException;
import io.tenure.provisioning.platform.Hypervisor;
import io.tenure.provisioning.platform.HypervisorDriver;
import io.tenure.provisioning.platform.Inventory;
import io.tenure.provisioning.tenant.Contacts;
import io.tenure.provisioning.tenant.Tenant;
import io.tenure.provisioning.tenant.TenantStatus;
import io.tenure.provisioning.tenant.Tenants;
import io.tenure.provisioning.termination.TenantInventory.Plan;
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
class TenantInventory implements Reconciliation<Plan, Inventory> {

    static final String KIND = "tenant-inventory";

    private static final Logger LOG = Logger.getLogger(TenantInventory.class);

    private final Hypervisor hypervisor;
    private final Tenants tenants;
    private final Assets assets;
    private final Media media;
    private final Losses losses;
    private final Findings findings;
    private final ClosingFacts closings;
    private final Contacts contacts;
    private final Outbox outbox;
    private final Clock clock;

    TenantInventory(
            Hypervisor hypervisor,
            Tenants tenants,
            Assets assets,
            Media media,
            Losses losses,
            Findings findings,
            ClosingFacts closings,
            Contacts contacts,
            Outbox outbox,
            Clock clock) {
        this.hypervisor = hypervisor;
        this.tenants = tenants;
        this.assets = assets;
        this.media = media;
        this.losses = losses;
        this.findings = findings;
        this.closings = closings;
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

    /**
     * What the records say when the look begins.
     *
     * @param frozen whether the manifest is: what is found beside it then is only shut off
     */
    record Plan(Instant begunAt, Set<AssetRef> known, boolean frozen) {}

    /** Only while nothing is under way: an older look would show what is gone since. */
    @Override
    public Uni<Step<Plan>> plan(Task task) {
        return tenants.lock(task.tenantId()).flatMap(tenant -> assets.of(tenant.id())
                .map(all -> isItsTurn(tenant, all)
                        ? Step.act(new Plan(
                                clock.instant(), byRef(all).keySet(), tenant.status() == TenantStatus.DELETING))
                        : Step.done()));
    }

    @Override
    public Uni<Inventory> act(Work work, Plan plan) {
        UUID tenantId = work.task().tenantId();
        return hypervisor.call(work, driver -> {
            Inventory found = driver.inventory(tenantId);
            return shutOff(driver, plan, found, work) ? driver.inventory(tenantId) : found;
        });
    }

    /** Whatever is in the tenant's area is out of reach from now on, whoever it turns out to belong to. @return whether it was not */
    private static boolean shutOff(HypervisorDriver driver, Plan plan, Inventory found, Work work) {
        UUID tenantId = work.task().tenantId();
        boolean any = false;
        for (Inventory.Found finding : found.findings()) {
            if (finding.open() && finding.mark() == Inventory.Mark.NONE) {
                driver.shutOff(tenantId, finding.place(), work.epoch());
                any = true;
            }
        }
        for (Inventory.Item item : found.items()) {
            boolean known = plan.known().contains(item.ref());
            if (item.disabled()) {
                continue;
            }
            if (plan.frozen() && (known || item.marked())) {
                driver.disable(item.ref(), work.epoch());
                any = true;
            } else if (!known && !item.marked() && item.place() != null) {
                driver.shutOff(tenantId, item.place(), work.epoch());
            }
        }
        return any;
    }

    @Override
    public Uni<Step<Plan>> settle(Task task, Plan plan, Inventory inventory) {
        return tenants.lock(task.tenantId())
                .flatMap(tenant ->
                        assets.of(tenant.id()).flatMap(all -> compare(tenant, all, inventory, plan.begunAt())))
                .map(obstacle -> obstacle.<Step<Plan>>map(reason -> Step.obstructed(DriverException.passing(reason)))
                        .orElseGet(Step::done));
    }

    /** @return what is in the way, if anything is */
    private Uni<Optional<String>> compare(Tenant tenant, List<Asset> all, Inventory inventory, Instant inventoriedAt) {
        if (!isItsTurn(tenant, all)) {
            // The last asset that is under way has another inventory taken.
            return Uni.createFrom().item(Optional.empty());
        }
        List<Inventory.Found> beside = beside(all, inventory);
        return findings.keep(tenant.id(), tenant.status() == TenantStatus.DISABLING ? beside : left(inventory, beside))
                .chain(() -> tenant.status() == TenantStatus.DISABLING
                        ? disabling(tenant, all, inventory, beside)
                        : deleting(tenant, all, inventory, beside, inventoriedAt));
    }

    /** What is in the tenant's area without being one of its assets: what no record knows and carries no mark of ours, too. */
    private static List<Inventory.Found> beside(List<Asset> all, Inventory inventory) {
        Map<AssetRef, Asset> known = byRef(all);
        return Stream.concat(
                        inventory.findings().stream(),
                        inventory.items().stream()
                                .filter(item ->
                                        !item.marked() && item.place() != null && !known.containsKey(item.ref()))
                                .map(item -> new Inventory.Found(
                                        item.place(), Inventory.Mark.NONE, item.bytes(), !item.disabled())))
                .toList();
    }

    /** When a tenant is deleted, whatever is there is beside the manifest. */
    private static List<Inventory.Found> left(Inventory inventory, List<Inventory.Found> beside) {
        Set<Inventory.Place> listed =
                beside.stream().map(Inventory.Found::place).collect(Collectors.toSet());
        return Stream.concat(
                        beside.stream(),
                        inventory.items().stream()
                                .filter(item -> item.place() != null && !listed.contains(item.place()))
                                .map(item -> new Inventory.Found(
                                        item.place(), Inventory.Mark.OWN, item.bytes(), !item.disabled())))
                .toList();
    }

    /** Whether an asset that no record knows is certainly the tenant's. */
    private static boolean isOwn(Inventory.Item item, Map<AssetRef, Asset> known) {
        return switch (item.ref()) {
            case AssetRef.Own own -> item.marked();
            case AssetRef.InVdc machine ->
                item.marked() || known.containsKey(new AssetRef.Own(machine.tenantId(), machine.vdcId()));
        };
    }

    private static boolean isItsTurn(Tenant tenant, List<Asset> all) {
        return (tenant.status() == TenantStatus.DISABLING || tenant.status() == TenantStatus.DELETING)
                && all.stream().noneMatch(asset -> asset.status().isUnderWay());
    }

    private Uni<Optional<String>> disabling(
            Tenant tenant, List<Asset> all, Inventory inventory, List<Inventory.Found> beside) {
        Map<AssetRef, Asset> known = byRef(all);
        List<Inventory.Item> left = inventory.items().stream()
                .filter(item -> known.containsKey(item.ref())
                        ? !item.disabled() || known.get(item.ref()).status() != AssetStatus.DISABLED
                        : isOwn(item, known))
                .toList();
        if (!left.isEmpty()) {
            return disable(tenant, all, left).replaceWith(Optional.empty());
        }
        if (!beside.isEmpty()) {
            return obstacle(hindrance(beside)
                    + ": they are shut off. Take each in (see the tenant's findings) or move it out by hand, and have the"
                    + " command repeated");
        }
        return media.manifest(tenant.id()).flatMap(manifest -> losses.of(tenant.terminationId())
                .flatMap(lost -> isShown(all, inventory, manifest, lost)
                        ? freeze(tenant, all, manifest)
                        : obstacle("the platform shows other disks than those that were disabled: bring back what"
                                + " is missing, or have its loss attested")));
    }

    /** Whether the platform shows each disk of the manifest that is not lost, and no other one. */
    private static boolean isShown(List<Asset> all, Inventory inventory, List<Medium> manifest, Losses.All lost) {
        Map<AssetRef, Asset> known = byRef(all);
        Set<Medium> shown = inventory.items().stream()
                .flatMap(item -> item.disks().stream()
                        .map(disk -> new Medium(known.get(item.ref()).id(), disk.name(), disk.bytes())))
                .collect(Collectors.toSet());
        return Set.copyOf(manifest).containsAll(shown)
                && manifest.stream().allMatch(medium -> shown.contains(medium) || lost.covers(medium));
    }

    private Uni<Optional<String>> freeze(Tenant tenant, List<Asset> all, List<Medium> manifest) {
        String digest = MediaDigest.ofManifest(manifest);
        tenant.disabled(digest);
        int count = (int) all.stream()
                .filter(asset -> asset.status() == AssetStatus.DISABLED)
                .count();
        return closings.tell(tenant, new TenantDisabled(tenant.terminationId(), count, manifest.size(), digest))
                .replaceWith(Optional.empty());
    }

    private static String hindrance(List<Inventory.Found> beside) {
        long foreign = beside.stream()
                .filter(finding -> finding.mark() == Inventory.Mark.FOREIGN)
                .count();
        return beside.size() + " things in the tenant's area are none of its assets"
                + (foreign == 0
                        ? ""
                        : ", and " + foreign + " of them carry another tenant's mark and were not touched");
    }

    private Uni<Optional<String>> deleting(
            Tenant tenant, List<Asset> all, Inventory inventory, List<Inventory.Found> beside, Instant inventoriedAt) {
        if (!inventory.isEmpty()) {
            Map<AssetRef, Asset> known = byRef(all);
            long own = inventory.items().stream()
                    .filter(item -> known.containsKey(item.ref()) || isOwn(item, known))
                    .count();
            return obstacle(
                    "the platform still holds " + own + " assets of the tenant that are not in the manifest, or came"
                            + " back"
                            + (beside.isEmpty() ? "" : "; " + hindrance(beside))
                            + ": they are shut off, and not deleted without a person's decision. Move them out by hand, and have"
                            + " the command repeated");
        }
        return losses.of(tenant.terminationId()).flatMap(lost -> {
            tenant.deleted(clock.instant());
            int count = (int) all.stream()
                    .filter(asset -> asset.status() == AssetStatus.SANITIZED
                            || asset.status() == AssetStatus.LOST
                                    && lost.assets().contains(asset.id()))
                    .count();
            return closings.tell(tenant, new TenantAssetsDeleted(tenant.terminationId(), count, inventoriedAt))
                    .chain(() -> contacts.scheduleErasure(tenant.id(), tenant.terminationId()))
                    .replaceWith(Optional.empty());
        });
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

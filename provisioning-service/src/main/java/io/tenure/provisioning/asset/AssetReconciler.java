package io.tenure.provisioning.asset;

import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.tenure.events.AssetKind;
import io.tenure.events.ProvisioningFact;
import io.tenure.events.ProvisioningFact.AssetActionBlocked;
import io.tenure.events.ProvisioningFact.AssetRestored;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.ProvisioningFailed;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.events.ProvisioningFact.VdcProvisioned;
import io.tenure.events.ProvisioningFact.VmProvisioned;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.task.Reconciliation;
import io.tenure.kit.task.Step;
import io.tenure.kit.task.Task;
import io.tenure.kit.task.Work;
import io.tenure.provisioning.asset.AssetReconciler.Plan;
import io.tenure.provisioning.asset.AssetReconciler.Result;
import io.tenure.provisioning.platform.AssetRef;
import io.tenure.provisioning.platform.DriverException;
import io.tenure.provisioning.platform.Expected;
import io.tenure.provisioning.platform.Hypervisor;
import io.tenure.provisioning.platform.HypervisorDriver;
import io.tenure.provisioning.platform.HypervisorDriver.Disabled;
import io.tenure.provisioning.platform.HypervisorDriver.Progress;
import io.tenure.provisioning.platform.HypervisorDriver.Sanitized;
import io.tenure.provisioning.tenant.Tenant;
import io.tenure.provisioning.tenant.Tenants;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Brings the hypervisor in line with an asset's status, whatever that is by then, and announces it. An asset has one such
 * task at a time, so an order, a termination and its cancellation never race at the hypervisor: what is under way ends, and
 * if the status changed meanwhile, its result is kept back and the next action begins.
 */
@ApplicationScoped
class AssetReconciler implements Reconciliation<Plan, Result> {

    private static final Logger LOG = Logger.getLogger(AssetReconciler.class);

    private final Hypervisor hypervisor;
    private final Tenants tenants;
    private final Assets assets;
    private final Media media;
    private final Losses losses;
    private final AssetSettled watcher;
    private final Outbox outbox;
    private final EvidenceJson evidence;
    private final MeterRegistry metrics;
    private final Clock clock;

    AssetReconciler(
            Hypervisor hypervisor,
            Tenants tenants,
            Assets assets,
            Media media,
            Losses losses,
            AssetSettled watcher,
            Outbox outbox,
            EvidenceJson evidence,
            MeterRegistry metrics,
            Clock clock) {
        this.hypervisor = hypervisor;
        this.tenants = tenants;
        this.assets = assets;
        this.media = media;
        this.losses = losses;
        this.watcher = watcher;
        this.outbox = outbox;
        this.evidence = evidence;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * An asset as it was when its turn came, and what its status asks of the hypervisor.
     *
     * @param expected what the platform must show of it, where it was disabled before
     */
    record Plan(Asset asset, Action action, Expected expected) {}

    enum Action {
        CREATE,
        DISABLE,
        RESTORE,
        SANITIZE,
        DELETE
    }

    /** What the hypervisor did. */
    sealed interface Result {
        record Created(String placement) implements Result {}

        record Impossible(String reason) implements Result {}

        record Disabled(boolean existed, List<Disk> disks) implements Result {}

        record Restored(boolean existed) implements Result {}

        record Sanitized(boolean existed, List<SanitizedDisk> disks) implements Result {}

        record Deleted() implements Result {}
    }

    @Override
    public String kind() {
        return Assets.TASK;
    }

    @Override
    public Duration deadline() {
        return hypervisor.deadline();
    }

    @Override
    public Uni<Step<Plan>> plan(Task task) {
        return tenants.lock(task.tenantId())
                .flatMap(tenant -> assets.find(task.subjectId()).flatMap(asset -> isItsTurn(asset)
                        .flatMap(turn -> turn
                                ? plan(tenant, asset, action(asset)).map(Step::act)
                                : Uni.createFrom().item(Step.done()))));
    }

    private Uni<Plan> plan(Tenant tenant, Asset asset, Action action) {
        return action == Action.CREATE
                ? Uni.createFrom().item(new Plan(asset, action, Expected.all(List.of())))
                : losses.expected(tenant.terminationId(), asset.id())
                        .map(expected -> new Plan(asset, action, expected));
    }

    /** A VDC is restored, and sanitized, after the machines in it; the last of them wakes it up. */
    private Uni<Boolean> isItsTurn(Asset asset) {
        if (!asset.status().isUnderWay()) {
            return Uni.createFrom().item(false);
        }
        if (asset.kind() != AssetKind.VDC || !goesInsideOut(asset.status())) {
            return Uni.createFrom().item(true);
        }
        return assets.countInVdc(asset.id(), asset.status()).map(machines -> machines == 0);
    }

    private static boolean goesInsideOut(AssetStatus status) {
        return status == AssetStatus.RESTORING || status == AssetStatus.SANITIZING;
    }

    private static Action action(Asset asset) {
        return switch (asset.status()) {
            case ORDERED -> Action.CREATE;
            case DISABLING -> Action.DISABLE;
            case RESTORING -> Action.RESTORE;
            // Once there is evidence, the disks may go; it could not be had a second time.
            case SANITIZING -> asset.evidence() == null ? Action.SANITIZE : Action.DELETE;
            case PROVISIONED, FAILED, DISABLED, SANITIZED, LOST, REMOVED ->
                throw new IllegalStateException("Nothing is to be done for an asset that is " + asset.status());
        };
    }

    @Override
    public Uni<Result> act(Work work, Plan plan) {
        Asset asset = plan.asset();
        return switch (plan.action()) {
            case CREATE ->
                hypervisor
                        .<Result>call(work, driver -> new Result.Created(driver.create(asset.spec(), work.epoch())))
                        .onFailure(failure -> failure instanceof DriverException known && known.isPermanent())
                        .recoverWithItem(failure -> new Result.Impossible(DriverException.reasonOf(failure)));
            case DISABLE ->
                hypervisor.call(work, driver -> {
                    takeIn(driver, work, plan);
                    Disabled disabled = driver.disable(asset.ref(), work.epoch());
                    return new Result.Disabled(disabled.existed(), disabled.disks());
                });
            case RESTORE ->
                hypervisor.call(work, driver -> {
                    takeIn(driver, work, plan);
                    return new Result.Restored(driver.restore(asset.ref(), plan.expected(), work.epoch()));
                });
            case SANITIZE ->
                hypervisor.call(work, driver -> {
                    Sanitized sanitized =
                            driver.sanitize(asset.ref(), plan.expected(), work.epoch(), progress(work, asset));
                    return new Result.Sanitized(sanitized.existed(), sanitized.disks());
                });
            case DELETE ->
                hypervisor.call(work, driver -> {
                    driver.delete(asset.ref(), plan.expected(), work.epoch());
                    return new Result.Deleted();
                });
        };
    }

    /** What an operator decided to take in becomes an asset on the platform first, whatever is to become of it then. */
    private static void takeIn(HypervisorDriver driver, Work work, Plan plan) {
        Asset asset = plan.asset();
        if (!plan.expected().assetLost()) {
            asset.takenFrom()
                    .ifPresent(place ->
                            driver.takeIn(new AssetRef.Own(asset.tenantId(), asset.id()), place, work.epoch()));
        }
    }

    private Progress progress(Work work, Asset asset) {
        return (disk, phase, done, total) -> {
            work.mustHold();
            work.progressed(done, total);
            LOG.infof("%s of %s in asset %s: %d of %d bytes", phase, disk, asset.id(), done, total);
            if (phase == Progress.Phase.VERIFY && done == total) {
                metrics.counter("tenure.sanitized.bytes").increment(total);
            }
        };
    }

    /** Records what was done, unless the asset's status changed meanwhile; then what is to be done next is. */
    @Override
    public Uni<Step<Plan>> settle(Task task, Plan plan, Result result) {
        return tenants.lock(task.tenantId())
                .flatMap(tenant -> assets.find(task.subjectId()).flatMap(asset -> {
                    if (asset.status() != plan.asset().status()) {
                        return assets.requestReconciliation(List.of(asset), tenant.terminationId())
                                .replaceWith(Step.done());
                    }
                    return switch (result) {
                        case Result.Created created -> {
                            asset.provisioned(created.placement(), clock.instant());
                            yield announce(tenant, asset, plan, provisioned(asset));
                        }
                        case Result.Impossible impossible -> {
                            asset.failed(impossible.reason());
                            yield announce(
                                    tenant,
                                    asset,
                                    plan,
                                    new ProvisioningFailed(asset.id(), asset.kind(), impossible.reason()));
                        }
                        case Result.Disabled disabled -> disabled(tenant, asset, plan, disabled);
                        case Result.Restored restored -> restored(tenant, asset, plan, restored);
                        case Result.Sanitized sanitized -> {
                            if (!sanitized.existed() && plan.expected().assetLost()) {
                                asset.lost();
                                yield announce(tenant, asset, plan, MediaFacts.sanitized(tenant, asset, List.of()));
                            }
                            asset.verified(evidence.write(sanitized.disks()));
                            yield Uni.createFrom().item(Step.act(new Plan(asset, Action.DELETE, plan.expected())));
                        }
                        case Result.Deleted deleted -> {
                            asset.sanitized();
                            yield announce(
                                    tenant,
                                    asset,
                                    plan,
                                    MediaFacts.sanitized(tenant, asset, evidence.read(asset.evidence())));
                        }
                    };
                }));
    }

    /**
     * What the platform made and does not show any more is not disabled: it may be elsewhere, and reachable. A customer may have
     * removed what it made itself. Once an asset was disabled, none of its disks goes missing without a person's word.
     */
    private Uni<Step<Plan>> disabled(Tenant tenant, Asset asset, Plan plan, Result.Disabled disabled) {
        Expected expected = plan.expected();
        if (!disabled.existed()
                && !expected.assetLost()
                && asset.provisionedAt != null
                && asset.kind() != AssetKind.VDC_VM) {
            return obstructed("the platform does not show the asset, which it made: bring its storage back, or have its"
                    + " loss attested");
        }
        Set<String> present = disabled.disks().stream().map(Disk::name).collect(Collectors.toSet());
        List<Disk> gone = expected.disks().stream()
                .filter(disk -> !present.contains(disk.name()))
                .toList();
        long missing = gone.stream().filter(disk -> !expected.isLost(disk)).count();
        if (missing > 0) {
            return obstructed(missing + " of the " + expected.disks().size()
                    + " disks that the asset had when it was disabled before are not there: bring them back, or have"
                    + " their loss attested");
        }
        // A lost disk stays in the manifest: the certificate says that it is lost.
        List<Disk> disks =
                Stream.concat(disabled.disks().stream(), gone.stream()).toList();
        asset.disabled();
        return media.keep(asset.id(), disks)
                .chain(() -> announce(tenant, asset, plan, MediaFacts.disabled(tenant, asset, disks)));
    }

    /** What was disabled and is not there is not restored. */
    private Uni<Step<Plan>> restored(Tenant tenant, Asset asset, Plan plan, Result.Restored restored) {
        List<ProvisioningFact> told = List.of();
        if (restored.existed() || asset.provisionedAt == null) {
            asset.restored();
            told = List.of(new AssetRestored(tenant.terminationId(), asset.id(), asset.kind()));
        } else if (plan.expected().assetLost()) {
            asset.lost();
        } else if (asset.kind() == AssetKind.VDC_VM && plan.expected().disks().isEmpty()) {
            asset.removed();
        } else {
            return obstructed(
                    "the asset that was disabled is not there: bring its storage back, or have its loss attested");
        }
        List<ProvisioningFact> facts = told;
        return media.keep(asset.id(), List.of()).chain(() -> announce(tenant, asset, plan, facts));
    }

    private static Uni<Step<Plan>> obstructed(String reason) {
        return Uni.createFrom().item(Step.obstructed(DriverException.passing(reason)));
    }

    private static ProvisioningFact provisioned(Asset asset) {
        return asset.kind() == AssetKind.VM
                ? new VmProvisioned(
                        asset.id(), asset.image, asset.vcpus, asset.memoryMib, asset.storageMib, asset.placement)
                : new VdcProvisioned(asset.id(), asset.vcpus, asset.memoryMib, asset.storageMib, asset.placement);
    }

    private Uni<Step<Plan>> announce(Tenant tenant, Asset asset, Plan plan, ProvisioningFact fact) {
        return announce(tenant, asset, plan, List.of(fact));
    }

    private Uni<Step<Plan>> announce(Tenant tenant, Asset asset, Plan plan, List<ProvisioningFact> facts) {
        UUID cause = plan.action() == Action.CREATE ? null : tenant.terminationId();
        return Multi.createFrom()
                .iterable(facts)
                .onItem()
                .transformToUniAndConcatenate(fact -> outbox.append(tenant.id(), asset.path(), cause, fact))
                .collect()
                .last()
                .chain(() -> next(tenant, asset, plan.asset().status()))
                .chain(() -> watcher.settled(tenant))
                .replaceWith(Step.done());
    }

    private Uni<Void> next(Tenant tenant, Asset asset, AssetStatus done) {
        if (asset.status().isUnderWay()) {
            return assets.requestReconciliation(List.of(asset), tenant.terminationId());
        }
        if (asset.vdcId() == null || !goesInsideOut(done)) {
            return Uni.createFrom().voidItem();
        }
        return assets.countInVdc(asset.vdcId(), done)
                .flatMap(waiting -> waiting > 0
                        ? Uni.createFrom().voidItem()
                        : assets.find(asset.vdcId())
                                .flatMap(vdc -> assets.requestReconciliation(List.of(vdc), tenant.terminationId())));
    }

    @Override
    public Uni<Void> failed(Task task, Throwable failure, Instant nextRetryAt) {
        String reason = DriverException.reasonOf(failure);
        return tenants.lock(task.tenantId())
                .flatMap(tenant -> assets.find(task.subjectId()).flatMap(asset -> {
                    LOG.warnf(
                            "Asset %s, which is %s: attempt %d failed: %s",
                            asset.id(), asset.status(), task.attempts(), reason);
                    if (!asset.status().isUnderWay()) {
                        return Uni.createFrom().voidItem();
                    }
                    asset.obstructed(reason);
                    UUID cause = asset.status() == AssetStatus.ORDERED ? null : tenant.terminationId();
                    return outbox.append(
                                    tenant.id(),
                                    asset.path(),
                                    cause,
                                    new AssetActionBlocked(
                                            cause,
                                            asset.id(),
                                            told(asset.status()),
                                            reason,
                                            task.attempts(),
                                            nextRetryAt))
                            .replaceWithVoid();
                }));
    }

    private static String told(AssetStatus status) {
        return switch (status) {
            case ORDERED -> "PROVISION";
            case DISABLING -> "DISABLE";
            case RESTORING -> "RESTORE";
            case SANITIZING -> "SANITIZE";
            case PROVISIONED, FAILED, DISABLED, SANITIZED, LOST, REMOVED ->
                throw new IllegalArgumentException("Nothing is under way for an asset that is " + status);
        };
    }
}

package io.tenure.provisioning.asset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.tenure.events.AssetKind;
import io.tenure.events.ProvisioningFact.AssetActionBlocked;
import io.tenure.events.ProvisioningFact.AssetRestored;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.ProvisioningFailed;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.events.ProvisioningFact.VdcProvisioned;
import io.tenure.events.ProvisioningFact.VmProvisioned;
import io.tenure.events.ProvisioningFact;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.task.Reconciliation;
import io.tenure.kit.task.Step;
import io.tenure.kit.task.Task;
import io.tenure.kit.task.Work;
import io.tenure.provisioning.asset.AssetReconciler.Plan;
import io.tenure.provisioning.asset.AssetReconciler.Result;
import io.tenure.provisioning.platform.DriverException;
import io.tenure.provisioning.platform.Hypervisor;
import io.tenure.provisioning.platform.HypervisorDriver.Disabled;
import io.tenure.provisioning.platform.HypervisorDriver.Progress;
import io.tenure.provisioning.tenant.Tenant;
import io.tenure.provisioning.tenant.Tenants;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
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
    private final AssetSettled watcher;
    private final Outbox outbox;
    private final ObjectMapper mapper;
    private final MeterRegistry metrics;
    private final Clock clock;

    AssetReconciler(
            Hypervisor hypervisor,
            Tenants tenants,
            Assets assets,
            Media media,
            AssetSettled watcher,
            Outbox outbox,
            ObjectMapper mapper,
            MeterRegistry metrics,
            Clock clock) {
        this.hypervisor = hypervisor;
        this.tenants = tenants;
        this.assets = assets;
        this.media = media;
        this.watcher = watcher;
        this.outbox = outbox;
        this.mapper = mapper;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * An asset as it was when its turn came, and what its status asks of the hypervisor.
     *
     * @param manifest the disks that it had when it was disabled, where they are to be sanitized
     */
    record Plan(Asset asset, Action action, List<Disk> manifest) {}

    enum Action {
        CREATE,
        DISABLE,
        RESTORE,
        SANITIZE,
        DELETE
    }

    /** What the hypervisor did. */
    sealed interface Result {
        record Created() implements Result {}

        record Impossible(String reason) implements Result {}

        record Disabled(boolean existed, List<Disk> disks) implements Result {}

        record Restored() implements Result {}

        record Sanitized(List<SanitizedDisk> disks) implements Result {}

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
        return locked(task).flatMap(asset -> isItsTurn(asset)
                .flatMap(turn -> turn
                        ? plan(asset, action(asset)).map(Step::act)
                        : Uni.createFrom().item(Step.done())));
    }

    private Uni<Plan> plan(Asset asset, Action action) {
        return action == Action.SANITIZE
                ? media.of(asset.id()).map(disks -> new Plan(asset, action, disks))
                : Uni.createFrom().item(new Plan(asset, action, List.of()));
    }

    private Uni<Asset> locked(Task task) {
        return tenants.lock(task.tenantId()).chain(() -> assets.find(task.subjectId()));
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
            case PROVISIONED, FAILED, DISABLED, SANITIZED ->
                throw new IllegalStateException("Nothing is to be done for an asset that is " + asset.status());
        };
    }

    @Override
    public Uni<Result> act(Work work, Plan plan) {
        Asset asset = plan.asset();
        return switch (plan.action()) {
            case CREATE ->
                hypervisor
                        .<Result>call(work, driver -> {
                            driver.create(asset.spec());
                            return new Result.Created();
                        })
                        .onFailure(AssetReconciler::isPermanent)
                        .recoverWithItem(failure -> new Result.Impossible(DriverException.reasonOf(failure)));
            case DISABLE ->
                hypervisor.call(work, driver -> {
                    Disabled disabled = driver.disable(asset.ref());
                    return new Result.Disabled(disabled.existed(), disabled.disks());
                });
            case RESTORE ->
                hypervisor.call(work, driver -> {
                    driver.restore(asset.ref());
                    return new Result.Restored();
                });
            case SANITIZE ->
                hypervisor.call(
                        work,
                        driver -> new Result.Sanitized(
                                driver.sanitize(asset.ref(), plan.manifest(), progress(work, asset))));
            case DELETE ->
                hypervisor.call(work, driver -> {
                    driver.delete(asset.ref());
                    return new Result.Deleted();
                });
        };
    }

    private static boolean isPermanent(Throwable failure) {
        return failure instanceof DriverException driver && driver.isPermanent();
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
                            asset.provisioned(clock.instant());
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
                        case Result.Restored restored -> {
                            asset.restored();
                            yield announce(
                                    tenant,
                                    asset,
                                    plan,
                                    new AssetRestored(tenant.terminationId(), asset.id(), asset.kind()));
                        }
                        case Result.Sanitized sanitized -> {
                            asset.verified(write(sanitized.disks()));
                            yield Uni.createFrom().item(Step.act(new Plan(asset, Action.DELETE, List.of())));
                        }
                        case Result.Deleted deleted -> {
                            asset.sanitized();
                            yield announce(
                                    tenant, asset, plan, MediaFacts.sanitized(tenant, asset, read(asset.evidence())));
                        }
                    };
                }));
    }

    /**
     * What the platform made and does not show any more is not disabled: it may be elsewhere, and reachable. A customer may have
     * removed what it made itself.
     */
    private Uni<Step<Plan>> disabled(Tenant tenant, Asset asset, Plan plan, Result.Disabled disabled) {
        if (!disabled.existed() && asset.provisionedAt != null && asset.kind() != AssetKind.VDC_VM) {
            return Uni.createFrom()
                    .item(Step.obstructed(DriverException.passing(
                            "the platform does not show the asset, which it made: bring its storage back")));
        }
        asset.disabled();
        return media.keep(asset.id(), disabled.disks())
                .chain(() -> announce(tenant, asset, plan, MediaFacts.disabled(tenant, asset, disabled.disks())));
    }

    private static ProvisioningFact provisioned(Asset asset) {
        return asset.kind() == AssetKind.VM
                ? new VmProvisioned(
                        asset.id(), asset.image, asset.vcpus, asset.memoryMib, asset.storageMib, asset.location)
                : new VdcProvisioned(asset.id(), asset.vcpus, asset.memoryMib, asset.storageMib, asset.location);
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
                    return blocked(asset.status())
                            .map(action -> outbox.append(
                                            tenant.id(),
                                            asset.path(),
                                            tenant.terminationId(),
                                            new AssetActionBlocked(
                                                    tenant.terminationId(),
                                                    asset.id(),
                                                    action,
                                                    reason,
                                                    task.attempts(),
                                                    nextRetryAt))
                                    .replaceWithVoid())
                            .orElseGet(() -> Uni.createFrom().voidItem());
                }));
    }

    private static Optional<String> blocked(AssetStatus status) {
        return switch (status) {
            // Nobody waits for it but its own customer, who sees the order's status.
            case ORDERED -> Optional.empty();
            case DISABLING -> Optional.of("DISABLE");
            case RESTORING -> Optional.of("RESTORE");
            case SANITIZING -> Optional.of("SANITIZE");
            case PROVISIONED, FAILED, DISABLED, SANITIZED -> Optional.empty();
        };
    }

    private String write(List<SanitizedDisk> disks) {
        try {
            return mapper.writeValueAsString(disks);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("Evidence cannot be written", impossible);
        }
    }

    private List<SanitizedDisk> read(String evidence) {
        try {
            return List.of(mapper.readValue(evidence, SanitizedDisk[].class));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("Evidence cannot be read", impossible);
        }
    }
}

package io.tenure.provisioning.asset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import io.tenure.events.AssetKind;
import io.tenure.events.ProvisioningFact;
import io.tenure.events.ProvisioningFact.AssetActionBlocked;
import io.tenure.events.ProvisioningFact.AssetDisabled;
import io.tenure.events.ProvisioningFact.AssetRestored;
import io.tenure.events.ProvisioningFact.AssetSanitized;
import io.tenure.events.ProvisioningFact.ProvisioningFailed;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.events.ProvisioningFact.VdcProvisioned;
import io.tenure.events.ProvisioningFact.VmProvisioned;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.task.Task;
import io.tenure.kit.task.TaskHandler;
import io.tenure.kit.task.Tasks;
import io.tenure.provisioning.hypervisor.DriverException;
import io.tenure.provisioning.hypervisor.Hypervisor;
import io.tenure.provisioning.hypervisor.HypervisorDriver.Progress;
import io.tenure.provisioning.tenant.Tenant;
import io.tenure.provisioning.tenant.TenantStatus;
import io.tenure.provisioning.tenant.Tenants;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jboss.logging.Logger;

/**
 * Brings the hypervisor in line with an asset's status, whatever that is by then, and announces it. An asset has one such
 * task at a time, so an order, a termination and its cancellation never race at the hypervisor: what is under way ends, and
 * if the status changed meanwhile, its result is kept back and the next action begins.
 */
@ApplicationScoped
class AssetAlignment implements TaskHandler {

    private static final Logger LOG = Logger.getLogger(AssetAlignment.class);

    private final Hypervisor hypervisor;
    private final Tenants tenants;
    private final Assets assets;
    private final AssetSettled watcher;
    private final UnitOfWork unitOfWork;
    private final Outbox outbox;
    private final Tasks tasks;
    private final ObjectMapper mapper;
    private final MeterRegistry metrics;
    private final Clock clock;

    AssetAlignment(
            Hypervisor hypervisor,
            Tenants tenants,
            Assets assets,
            AssetSettled watcher,
            UnitOfWork unitOfWork,
            Outbox outbox,
            Tasks tasks,
            ObjectMapper mapper,
            MeterRegistry metrics,
            Clock clock) {
        this.hypervisor = hypervisor;
        this.tenants = tenants;
        this.assets = assets;
        this.watcher = watcher;
        this.unitOfWork = unitOfWork;
        this.outbox = outbox;
        this.tasks = tasks;
        this.mapper = mapper;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** What an action did, said in the transaction that commits it: changes the asset, and tells the fact. */
    private interface Result extends BiFunction<Tenant, Asset, ProvisioningFact> {}

    @Override
    public String kind() {
        return Assets.TASK;
    }

    @Override
    public Uni<Void> run(Task task) {
        return unitOfWork
                .run(() -> locked(task).flatMap(asset -> isItsTurn(asset)
                        .flatMap(turn -> turn
                                ? Uni.createFrom().item(Optional.of(asset))
                                : tasks.complete(task).replaceWith(Optional.<Asset>empty()))))
                .flatMap(planned -> planned.map(asset -> act(task, asset))
                        .orElseGet(() -> Uni.createFrom().voidItem()));
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

    private Uni<Void> act(Task task, Asset asset) {
        return switch (asset.status()) {
            case ORDERED -> provision(task, asset);
            case DISABLING ->
                hypervisor
                        .call(driver -> driver.disable(asset.ref()))
                        .chain(disks -> settle(task, asset, (tenant, now) -> {
                            now.disabled();
                            if (tenant.status() == TenantStatus.DELETING) {
                                // Found only by the last inventory, it goes the way that the others went.
                                now.beginSanitizing();
                            }
                            return new AssetDisabled(tenant.terminationId(), now.id(), now.kind(), disks);
                        }));
            case RESTORING ->
                hypervisor
                        .call(driver -> {
                            driver.restore(asset.ref());
                            return true;
                        })
                        .chain(() -> settle(task, asset, (tenant, now) -> {
                            now.restored();
                            return new AssetRestored(tenant.terminationId(), now.id(), now.kind());
                        }));
            case SANITIZING -> sanitize(task, asset);
            case PROVISIONED, FAILED, DISABLED, SANITIZED ->
                throw new IllegalStateException("Nothing is to be done for an asset that is " + asset.status());
        };
    }

    private Uni<Void> provision(Task task, Asset asset) {
        return hypervisor
                .call(driver -> {
                    driver.create(asset.spec());
                    return true;
                })
                .chain(() -> settle(task, asset, (tenant, now) -> {
                    now.provisioned(clock.instant());
                    return provisioned(now);
                }))
                .onFailure(AssetAlignment::isPermanent)
                .recoverWithUni(failure -> settle(task, asset, (tenant, now) -> {
                    String reason = DriverException.reasonOf(failure);
                    now.failed(reason);
                    return new ProvisioningFailed(now.id(), now.kind(), reason);
                }));
    }

    private static ProvisioningFact provisioned(Asset asset) {
        return asset.kind() == AssetKind.VM
                ? new VmProvisioned(
                        asset.id(), asset.image, asset.vcpus, asset.memoryMib, asset.storageMib, asset.location)
                : new VdcProvisioned(asset.id(), asset.vcpus, asset.memoryMib, asset.storageMib, asset.location);
    }

    private static boolean isPermanent(Throwable failure) {
        return failure instanceof DriverException driver && driver.isPermanent();
    }

    /** The evidence is committed before the disks go: it could not be had a second time. */
    private Uni<Void> sanitize(Task task, Asset asset) {
        Uni<Void> verified = asset.evidence() != null
                ? Uni.createFrom().voidItem()
                : hypervisor
                        .call(driver -> driver.sanitize(asset.ref(), progress(asset)))
                        .chain(disks -> unitOfWork.run(() -> locked(task)
                                .invoke(now -> now.verified(write(disks)))
                                .replaceWithVoid()));
        return verified.chain(() -> hypervisor.call(driver -> {
                    driver.delete(asset.ref());
                    return true;
                }))
                .chain(() -> settle(task, asset, (tenant, now) -> {
                    now.sanitized();
                    return new AssetSanitized(tenant.terminationId(), now.id(), now.kind(), read(now.evidence()));
                }));
    }

    private Progress progress(Asset asset) {
        return (disk, phase, done, total) -> {
            LOG.infof("%s of %s in asset %s: %d of %d bytes", phase, disk, asset.id(), done, total);
            if (phase == Progress.Phase.VERIFY && done == total) {
                metrics.counter("tenure.sanitized.bytes").increment(total);
            }
        };
    }

    /** Commits what was done, unless the asset's status changed meanwhile; then what is to be done next is. */
    private Uni<Void> settle(Task task, Asset acted, Result result) {
        return unitOfWork.run(() -> tenants.lock(task.tenantId())
                .flatMap(tenant -> assets.find(task.subjectId()).flatMap(asset -> {
                    if (asset.status() != acted.status()) {
                        return tasks.complete(task).chain(() -> assets.align(List.of(asset), tenant.terminationId()));
                    }
                    ProvisioningFact fact = result.apply(tenant, asset);
                    return outbox.append(tenant.id(), asset.path(), cause(tenant, acted), fact)
                            .chain(() -> tasks.complete(task))
                            .chain(() -> next(tenant, asset, acted.status()))
                            .chain(() -> watcher.settled(tenant));
                })));
    }

    private static UUID cause(Tenant tenant, Asset acted) {
        return acted.status() == AssetStatus.ORDERED ? null : tenant.terminationId();
    }

    private Uni<Void> next(Tenant tenant, Asset asset, AssetStatus done) {
        if (asset.status().isUnderWay()) {
            return assets.align(List.of(asset), null);
        }
        if (asset.vdcId() == null || !goesInsideOut(done)) {
            return Uni.createFrom().voidItem();
        }
        return assets.countInVdc(asset.vdcId(), done)
                .flatMap(waiting -> waiting > 0
                        ? Uni.createFrom().voidItem()
                        : assets.find(asset.vdcId())
                                .flatMap(vdc -> assets.align(List.of(vdc), tenant.terminationId())));
    }

    @Override
    public Uni<Void> failed(Task task, Throwable failure, Instant nextRetryAt) {
        String reason = DriverException.reasonOf(failure);
        LOG.warnf("Asset %s resists at attempt %d: %s", task.subjectId(), task.attempts(), reason);
        return tenants.lock(task.tenantId())
                .flatMap(tenant -> assets.find(task.subjectId()).flatMap(asset -> action(asset.status())
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
                        .orElseGet(() -> Uni.createFrom().voidItem())));
    }

    private static Optional<String> action(AssetStatus status) {
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

package io.tenure.provisioning.asset;

import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import io.tenure.events.AssetKind;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.task.Reconciliation;
import io.tenure.kit.task.Step;
import io.tenure.kit.task.Task;
import io.tenure.kit.task.Work;
import io.tenure.platform.Command;
import io.tenure.platform.DriverException;
import io.tenure.platform.Expected;
import io.tenure.platform.Intent;
import io.tenure.platform.Outcome;
import io.tenure.provisioning.asset.AssetReconciler.Plan;
import io.tenure.provisioning.asset.AssetReconciler.Result;
import io.tenure.provisioning.hold.LegalHolds;
import io.tenure.provisioning.operation.Move;
import io.tenure.provisioning.operation.News;
import io.tenure.provisioning.operation.OpenOperation;
import io.tenure.provisioning.operation.Operations;
import io.tenure.provisioning.operation.Verdict;
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
 * Brings a platform in line with an asset's current status and publishes the result. An asset has one operation at a
 * time, so an order, a termination and its cancellation never race on the platform: if the status changes during an
 * operation, that operation is cancelled, its outcome is ignored, and the next one starts after it has ended.
 */
@ApplicationScoped
class AssetReconciler implements Reconciliation<Plan, Result> {

    private static final Logger LOG = Logger.getLogger(AssetReconciler.class);
    private static final Duration ASK_AGAIN = Duration.ofMinutes(1);

    private final Operations operations;
    private final Tenants tenants;
    private final Assets assets;
    private final Media media;
    private final Losses losses;
    private final LegalHolds holds;
    private final DeletionPermission permission;
    private final Outbox outbox;
    private final MeterRegistry metrics;
    private final Clock clock;

    AssetReconciler(
            Operations operations,
            Tenants tenants,
            Assets assets,
            Media media,
            Losses losses,
            LegalHolds holds,
            DeletionPermission permission,
            Outbox outbox,
            MeterRegistry metrics,
            Clock clock) {
        this.operations = operations;
        this.tenants = tenants;
        this.assets = assets;
        this.media = media;
        this.losses = losses;
        this.holds = holds;
        this.permission = permission;
        this.outbox = outbox;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * What an asset's work depends on beside its status.
     *
     * @param expected what the platform must still hold of it, if it was disabled before
     * @param held whether a legal hold forbids its deletion
     * @param vdcId the virtual data center that it is in, or null
     */
    record Setting(Expected expected, boolean held, UUID terminationId, UUID assetId, UUID vdcId) {}

    /** What to ask of the platform next. */
    record Plan(Setting setting, Move move) {}

    sealed interface Result {

        record Told(News news) implements Result {}

        /** Lifecycle does not let it be wiped now, and the platform was not asked. */
        record Forbidden() implements Result {}
    }

    @Override
    public String kind() {
        return Assets.TASK;
    }

    @Override
    public Duration deadline() {
        return operations.deadline();
    }

    @Override
    public Uni<Step<Plan>> plan(Task task) {
        return tenants.lock(task.tenantId())
                .flatMap(tenant -> assets.find(task.subjectId()).flatMap(asset -> setting(tenant, asset)
                        .flatMap(setting -> operations.of(asset.id()).flatMap(open -> open.filter(
                                        OpenOperation::isStarted)
                                .map(started -> goOn(asset, setting, started))
                                .orElseGet(() -> next(task, asset, setting, open))))));
    }

    /** A running operation ends before another one starts. If something else is wanted by now, it is cancelled. */
    private Uni<Step<Plan>> goOn(Asset asset, Setting setting, OpenOperation started) {
        Move move = isWanted(asset, setting, started)
                ? operations.ask(started)
                : new Move.Cancel(started, started.stalled());
        return Uni.createFrom().item(Step.act(new Plan(setting, move)));
    }

    private static Command wanted(Asset asset, Expected expected) {
        return Demand.of(asset, expected).orElseThrow();
    }

    private static boolean isWanted(Asset asset, Setting setting, OpenOperation open) {
        return !setting.held() && isMeant(asset, setting, open);
    }

    /** Whether it does what the asset's status asks for, also if a hold forbids to go on with it. */
    private static boolean isMeant(Asset asset, Setting setting, OpenOperation open) {
        return Demand.of(asset, setting.expected()).map(Command::intent).equals(Optional.of(open.intent()));
    }

    /**
     * @param open an operation that was written down but may never have reached the platform; it is started again if it
     *     is still wanted
     */
    private Uni<Step<Plan>> next(Task task, Asset asset, Setting setting, Optional<OpenOperation> open) {
        return isItsTurn(asset).flatMap(turn -> {
            if (!turn) {
                return open.map(operations::end)
                        .orElseGet(() -> Uni.createFrom().voidItem())
                        .replaceWith(Step.done());
            }
            if (setting.held()) {
                return open.isEmpty() ? Uni.createFrom().item(Step.done()) : fenceOff(task, asset, setting);
            }
            Command command = wanted(asset, setting.expected());
            return open.filter(begun -> isWanted(asset, setting, begun))
                    .<Uni<Move>>map(begun -> Uni.createFrom().item(new Move.Start(begun, command, false)))
                    .orElseGet(() -> operations.begin(task, asset.id(), asset.platform(), command))
                    .map(move -> Step.act(new Plan(setting, move)));
        });
    }

    /**
     * A wipe that was written down may run although nobody has its handle to cancel it. Disabling what is disabled
     * changes nothing, and its higher epoch keeps the wipe from changing anything more.
     */
    private Uni<Step<Plan>> fenceOff(Task task, Asset asset, Setting setting) {
        return operations
                .begin(task, asset.id(), asset.platform(), new Command.Disable(asset.ref()))
                .map(move -> Step.act(new Plan(setting, move)));
    }

    /** Plans again after an operation has ended. */
    private Uni<Step<Plan>> anew(Task task, Tenant tenant, Asset asset) {
        return setting(tenant, asset).flatMap(setting -> next(task, asset, setting, Optional.empty()));
    }

    /** A VDC is restored or sanitized after the machines in it; the last of them wakes it up. */
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

    private Uni<Setting> setting(Tenant tenant, Asset asset) {
        return expected(tenant, asset).flatMap(expected -> isHeld(tenant, asset)
                .map(held -> new Setting(expected, held, tenant.terminationId(), asset.id(), asset.vdcId())));
    }

    private Uni<Expected> expected(Tenant tenant, Asset asset) {
        return asset.status().isUnderWay() && asset.status() != AssetStatus.ORDERED
                ? losses.expected(tenant.terminationId(), asset.id())
                : Uni.createFrom().item(Expected.all(List.of()));
    }

    private Uni<Boolean> isHeld(Tenant tenant, Asset asset) {
        return asset.status() == AssetStatus.SANITIZING
                ? holds.of(tenant.id()).map(inForce -> inForce.cover(asset.id(), asset.vdcId()))
                : Uni.createFrom().item(false);
    }

    @Override
    public Uni<Result> act(Work work, Plan plan) {
        Setting setting = plan.setting();
        return permission
                .covers(plan.move(), setting.terminationId(), setting.assetId(), setting.vdcId())
                .flatMap(may -> may
                        ? operations.act(work, plan.move()).map(Result.Told::new)
                        : Uni.createFrom().item(new Result.Forbidden()));
    }

    @Override
    public Uni<Step<Plan>> settle(Task task, Plan plan, Result result) {
        return switch (result) {
            // The fact of the hold, or the command that follows its release, comes sooner.
            case Result.Forbidden forbidden -> Uni.createFrom().item(Step.later(ASK_AGAIN));
            case Result.Told(News news) ->
                tenants.lock(task.tenantId())
                        .flatMap(tenant -> assets.find(task.subjectId()).flatMap(asset -> operations
                                .settle(plan.move(), news)
                                .flatMap(verdict -> follow(task, tenant, asset, plan, verdict))));
        };
    }

    private Uni<Step<Plan>> follow(Task task, Tenant tenant, Asset asset, Plan plan, Verdict verdict) {
        OpenOperation operation = plan.move().operation();
        Setting setting = plan.setting();
        return switch (verdict) {
            case Verdict.GoOn(Move move) -> Uni.createFrom().item(Step.act(new Plan(setting, move)));
            case Verdict.Wait(Duration delay) -> Uni.createFrom().item(Step.later(delay));
            case Verdict.Lost(OpenOperation lost) ->
                isWanted(asset, setting, lost)
                        ? Uni.createFrom()
                                .item(Step.act(new Plan(
                                        setting, new Move.Start(lost, wanted(asset, setting.expected()), true))))
                        : operations.end(lost).chain(() -> anew(task, tenant, asset));
            // Also under a hold: what was wiped is gone, and the evidence of that is kept.
            case Verdict.Done(Outcome outcome) ->
                isMeant(asset, setting, operation)
                        ? settled(task, tenant, asset, plan, outcome)
                        : anew(task, tenant, asset);
            case Verdict.Failed(DriverException error) ->
                isWanted(asset, setting, operation)
                        ? failed(task, tenant, asset, operation.intent(), error)
                        : isMeant(asset, setting, operation)
                                ? stopped(task, tenant, asset, setting, operation)
                                : anew(task, tenant, asset);
        };
    }

    /** A hold ended a wipe on the way. What was overwritten until then is gone, and somebody has to know that. */
    private Uni<Step<Plan>> stopped(Task task, Tenant tenant, Asset asset, Setting setting, OpenOperation operation) {
        String reached = operation.total() == null || operation.total() == 0
                ? "the platform did not tell how far it was"
                : "at least " + 100 * operation.done() / operation.total() + " % of it was done";
        return blocked(
                        tenant,
                        asset,
                        "a legal hold stopped the deletion on the way: " + reached
                                + ", and what was overwritten is gone",
                        task.attempts(),
                        null)
                // One that stands still was given up, and could wake up again.
                .chain(() -> operation.stalled()
                        ? fenceOff(task, asset, setting)
                        : Uni.createFrom().item(Step.done()));
    }

    private Uni<Step<Plan>> settled(Task task, Tenant tenant, Asset asset, Plan plan, Outcome outcome) {
        AssetStatus before = asset.status();
        if (outcome instanceof Outcome.Sanitized sanitized) {
            metrics.counter("tenure.sanitized.bytes")
                    .increment(sanitized.disks().stream()
                            .mapToLong(SanitizedDisk::bytes)
                            .sum());
        }
        return switch (Settlement.of(
                asset, tenant.terminationId(), plan.setting().expected(), outcome, clock.instant())) {
            case Settlement.Settled settled -> announce(tenant, asset, before, settled);
            case Settlement.Onward onward -> anew(task, tenant, asset);
            case Settlement.Obstructed(String reason) ->
                Uni.createFrom().item(Step.obstructed(DriverException.passing(reason)));
        };
    }

    /** A permanent failure is published and not retried until a person asks for it. */
    private Uni<Step<Plan>> failed(Task task, Tenant tenant, Asset asset, Intent intent, DriverException error) {
        if (!error.isPermanent()) {
            return Uni.createFrom().item(Step.obstructed(error));
        }
        return intent == Intent.CREATE
                ? announce(tenant, asset, asset.status(), Settlement.Settled.telling(asset.failed(error.getMessage())))
                : blocked(tenant, asset, Operations.reasonForGood(error), task.attempts(), null)
                        .replaceWith(Step.done());
    }

    private Uni<Step<Plan>> announce(Tenant tenant, Asset asset, AssetStatus before, Settlement.Settled settled) {
        UUID cause = before == AssetStatus.ORDERED ? null : tenant.terminationId();
        return settled.disks()
                .map(disks -> media.keep(asset.id(), disks))
                .orElseGet(() -> Uni.createFrom().voidItem())
                .chain(() -> outbox.append(tenant.id(), asset.path(), cause, settled.facts()))
                .chain(() -> wakeOthers(tenant, asset, before))
                .replaceWith(Step.done());
    }

    /** Wakes the VDC after the last of its machines, and the tenant after the last of its assets. */
    private Uni<Void> wakeOthers(Tenant tenant, Asset asset, AssetStatus before) {
        Uni<Void> own = asset.status().isUnderWay()
                ? assets.requestReconciliation(List.of(asset), tenant.terminationId())
                : Uni.createFrom().voidItem();
        Uni<Void> vdc = asset.vdcId() == null || !goesInsideOut(before)
                ? Uni.createFrom().voidItem()
                : assets.countInVdc(asset.vdcId(), before)
                        .flatMap(waiting -> waiting > 0
                                ? Uni.createFrom().voidItem()
                                : assets.find(asset.vdcId())
                                        .flatMap(around ->
                                                assets.requestReconciliation(List.of(around), tenant.terminationId())));
        return own.chain(() -> vdc)
                .chain(() -> before == AssetStatus.ORDERED
                        ? Uni.createFrom().voidItem()
                        : assets.isAnyInCascade(tenant.id())
                                .flatMap(any ->
                                        any ? Uni.createFrom().voidItem() : tenants.requestReconciliation(tenant)));
    }

    @Override
    public Uni<Void> failed(Task task, Throwable failure, Instant nextRetryAt) {
        String reason = Operations.reasonOf(failure);
        return tenants.lock(task.tenantId())
                .flatMap(tenant -> assets.find(task.subjectId()).flatMap(asset -> {
                    LOG.warnf(
                            "Asset %s: %s failed, attempt %d: %s", asset.id(), asset.status(), task.attempts(), reason);
                    return blocked(tenant, asset, reason, task.attempts(), nextRetryAt);
                }));
    }

    /** @param nextRetryAt null if there is no automatic retry */
    private Uni<Void> blocked(Tenant tenant, Asset asset, String reason, int attempts, Instant nextRetryAt) {
        return asset.obstructed(tenant.terminationId(), reason, attempts, nextRetryAt)
                .map(fact -> outbox.append(tenant.id(), asset.path(), fact.terminationId(), fact)
                        .replaceWithVoid())
                .orElseGet(() -> Uni.createFrom().voidItem());
    }
}

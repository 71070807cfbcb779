package io.tenure.provisioning.termination;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.tenure.events.MediaDigest;
import io.tenure.events.ProvisioningFact.Medium;
import io.tenure.kit.Ids;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.task.Reconciliation;
import io.tenure.kit.task.Step;
import io.tenure.kit.task.Task;
import io.tenure.kit.task.Work;
import io.tenure.platform.AssetRef;
import io.tenure.platform.DriverException;
import io.tenure.platform.Inventory;
import io.tenure.platform.Priority;
import io.tenure.provisioning.asset.Asset;
import io.tenure.provisioning.asset.AssetStatus;
import io.tenure.provisioning.asset.Assets;
import io.tenure.provisioning.asset.Losses;
import io.tenure.provisioning.asset.Media;
import io.tenure.provisioning.finding.Findings;
import io.tenure.provisioning.finding.Findings.Beside;
import io.tenure.provisioning.hold.LegalHolds;
import io.tenure.provisioning.operation.Move;
import io.tenure.provisioning.operation.News;
import io.tenure.provisioning.operation.Operations;
import io.tenure.provisioning.operation.Verdict;
import io.tenure.provisioning.platform.Platforms;
import io.tenure.provisioning.tenant.Contacts;
import io.tenure.provisioning.tenant.Tenant;
import io.tenure.provisioning.tenant.TenantStatus;
import io.tenure.provisioning.tenant.Tenants;
import io.tenure.provisioning.termination.TenantReconciler.Plan;
import io.tenure.provisioning.termination.TenantReconciler.Result;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * Moves a tenant on once all of its assets are done. A tenant is restored when they are. Before it counts as disabled
 * or deleted, the inventory of every platform is taken: it is disabled only if everything there is disabled, and
 * deleted only if nothing is left. Until the manifest is frozen, assets that are not in the records, such as a
 * customer's machines in its VDC, are added and disabled. What is found later waits for a person: it did not get its
 * month of retention, so it is not deleted with the rest.
 */
@ApplicationScoped
class TenantReconciler implements Reconciliation<Plan, Result> {

    private static final Logger LOG = Logger.getLogger(TenantReconciler.class);

    private final Platforms platforms;
    private final Operations operations;
    private final Tenants tenants;
    private final Assets assets;
    private final Media media;
    private final Losses losses;
    private final LegalHolds holds;
    private final Findings findings;
    private final ClosingFacts closings;
    private final Contacts contacts;
    private final Outbox outbox;
    private final Clock clock;

    TenantReconciler(
            Platforms platforms,
            Operations operations,
            Tenants tenants,
            Assets assets,
            Media media,
            Losses losses,
            LegalHolds holds,
            Findings findings,
            ClosingFacts closings,
            Contacts contacts,
            Outbox outbox,
            Clock clock) {
        this.platforms = platforms;
        this.operations = operations;
        this.tenants = tenants;
        this.assets = assets;
        this.media = media;
        this.losses = losses;
        this.holds = holds;
        this.findings = findings;
        this.closings = closings;
        this.contacts = contacts;
        this.outbox = outbox;
        this.clock = clock;
    }

    sealed interface Plan {

        /** @param shutOff whether this attempt already shut off what can be reached */
        record Look(Instant begunAt, boolean shutOff) implements Plan {}

        /** Shutting off what can be reached. */
        record ShutOff(Move move) implements Plan {}
    }

    sealed interface Result {

        /** @param byPlatform each platform's inventory, by platform name */
        record Seen(Map<String, Inventory> byPlatform) implements Result {}

        record Told(News news) implements Result {}
    }

    @Override
    public String kind() {
        return Tenants.TASK;
    }

    @Override
    public Duration deadline() {
        return operations.deadline();
    }

    @Override
    public Uni<Step<Plan>> plan(Task task) {
        return tenants.lock(task.tenantId())
                .flatMap(tenant -> assets.of(tenant.id()).flatMap(all -> switch (tenant.status()) {
                    case ACTIVE, DISABLED, DELETED -> Uni.createFrom().item(Step.done());
                    case RESTORING -> isAny(all, AssetStatus.RESTORING) ? done() : restored(tenant, all);
                    case DISABLING -> isItsTurn(tenant, all) ? lookOrGoOn(tenant) : done();
                    // After the release of a hold lifecycle repeats its command.
                    case DELETING ->
                        holds.of(tenant.id())
                                .flatMap(held ->
                                        isItsTurn(tenant, all) && !held.everything() ? lookOrGoOn(tenant) : done());
                }));
    }

    /** Only while nothing is under way: an earlier inventory could still show assets that are gone by now. */
    private static boolean isItsTurn(Tenant tenant, List<Asset> all) {
        return (tenant.status() == TenantStatus.DISABLING || tenant.status() == TenantStatus.DELETING)
                && all.stream().noneMatch(asset -> asset.status().isUnderWay());
    }

    private static boolean isAny(List<Asset> all, AssetStatus status) {
        return all.stream().anyMatch(asset -> asset.status() == status);
    }

    private static Uni<Step<Plan>> done() {
        return Uni.createFrom().item(Step.done());
    }

    private Uni<Step<Plan>> lookOrGoOn(Tenant tenant) {
        return operations.of(tenant.id()).map(open -> open.filter(operation -> operation.isStarted())
                .map(operation -> Step.<Plan>act(new Plan.ShutOff(operations.ask(operation))))
                .orElseGet(() -> Step.act(new Plan.Look(clock.instant(), false))));
    }

    @Override
    public Uni<Result> act(Work work, Plan plan) {
        return switch (plan) {
            case Plan.Look look -> look(work);
            case Plan.ShutOff(Move move) -> operations.act(work, move).map(Result.Told::new);
        };
    }

    private Uni<Result> look(Work work) {
        Priority priority =
                switch (work.task().urgency()) {
                    case URGENT -> Priority.URGENT;
                    case NORMAL, BACKGROUND -> Priority.NORMAL;
                };
        return Multi.createFrom()
                .iterable(platforms.all())
                .onItem()
                .transformToUniAndConcatenate(platform -> platforms
                        .inventory(platform, work.task().tenantId(), priority)
                        .map(inventory -> Map.entry(platform, inventory)))
                .collect()
                .in(
                        LinkedHashMap<String, Inventory>::new,
                        (seen, one) -> seen.put(one.getKey().name(), one.getValue()))
                .map(Result.Seen::new);
    }

    @Override
    public Uni<Step<Plan>> settle(Task task, Plan plan, Result result) {
        return tenants.lock(task.tenantId()).flatMap(tenant -> switch (result) {
            case Result.Seen(Map<String, Inventory> seen) ->
                assets.of(tenant.id())
                        .flatMap(all -> isItsTurn(tenant, all)
                                ? compare(task, tenant, all, seen, (Plan.Look) plan)
                                // When the last asset is done, it requests a new inventory.
                                : done());
            case Result.Told(News news) -> shuttingOff(task, tenant, ((Plan.ShutOff) plan).move(), news);
        });
    }

    private Uni<Step<Plan>> shuttingOff(Task task, Tenant tenant, Move move, News news) {
        return operations.settle(move, news).flatMap(verdict -> switch (verdict) {
            case Verdict.GoOn(Move next) -> Uni.createFrom().item(Step.act(new Plan.ShutOff(next)));
            case Verdict.Wait(Duration delay) -> Uni.createFrom().item(Step.later(delay));
            case Verdict.Failed(DriverException error) ->
                error.isPermanent()
                        ? blocked(tenant, Operations.reasonForGood(error), task.attempts(), null)
                                .replaceWith(Step.done())
                        : Uni.createFrom().item(Step.obstructed(error));
            case Verdict.Done done -> Uni.createFrom().item(Step.act(new Plan.Look(clock.instant(), true)));
            // A new inventory shows what is left to shut off.
            case Verdict.Lost(var operation) ->
                operations.end(operation).replaceWith(Step.act(new Plan.Look(clock.instant(), false)));
        });
    }

    private Uni<Step<Plan>> compare(
            Task task, Tenant tenant, List<Asset> all, Map<String, Inventory> seen, Plan.Look look) {
        Comparison comparison = new Comparison(tenant.id(), all, seen);
        boolean disabling = tenant.status() == TenantStatus.DISABLING;
        var open = comparison.open(!disabling).entrySet().stream().findFirst();
        if (open.isPresent() && !look.shutOff()) {
            return operations
                    .begin(task, tenant.id(), open.get().getKey(), open.get().getValue())
                    .map(move -> Step.act(new Plan.ShutOff(move)));
        }
        return findings.keep(tenant.id(), disabling ? comparison.beside() : comparison.left())
                .chain(() -> disabling
                        ? disabling(tenant, all, comparison)
                        : deleting(tenant, all, comparison, look.begunAt()));
    }

    private Uni<Step<Plan>> disabling(Tenant tenant, List<Asset> all, Comparison comparison) {
        List<Comparison.Shown> left = comparison.toDisable();
        if (!left.isEmpty()) {
            return disable(tenant, comparison, left).replaceWith(Step.done());
        }
        List<Beside> beside = comparison.beside();
        if (!beside.isEmpty()) {
            return obstacle(hindrance(beside)
                    + ": they are shut off. Take each in (see the tenant's findings) or move it out by hand, and have the"
                    + " command repeated");
        }
        return media.manifest(tenant.id()).flatMap(manifest -> losses.of(tenant.terminationId())
                .flatMap(lost -> comparison.shows(manifest, lost)
                        ? freeze(tenant, all, manifest)
                        : obstacle("the platform shows other disks than those that were disabled: bring back what"
                                + " is missing, or have its loss attested")));
    }

    private Uni<Step<Plan>> freeze(Tenant tenant, List<Asset> all, List<Medium> manifest) {
        String digest = MediaDigest.ofManifest(manifest);
        int count = count(all, asset -> asset.status() == AssetStatus.DISABLED);
        return closings.tell(tenant, tenant.disabled(count, manifest.size(), digest))
                .replaceWith(Step.done());
    }

    private static String hindrance(List<Beside> beside) {
        long foreign = beside.stream()
                .filter(one -> one.found().mark() == Inventory.Mark.FOREIGN)
                .count();
        return beside.size() + " things in the tenant's area are none of its assets"
                + (foreign == 0
                        ? ""
                        : ", and " + foreign + " of them carry another tenant's mark and were not touched");
    }

    private Uni<Step<Plan>> deleting(Tenant tenant, List<Asset> all, Comparison comparison, Instant inventoriedAt) {
        if (!comparison.isEmpty()) {
            List<Beside> beside = comparison.beside();
            return obstacle("the platform still holds " + comparison.owned()
                    + " assets of the tenant that are not in the manifest, or came back"
                    + (beside.isEmpty() ? "" : "; " + hindrance(beside))
                    + ": they are shut off, and not deleted without a person's decision. Move them out by hand, and have"
                    + " the command repeated");
        }
        return losses.of(tenant.terminationId()).flatMap(lost -> {
            int count = count(
                    all,
                    asset -> asset.status() == AssetStatus.SANITIZED
                            || asset.status() == AssetStatus.LOST
                                    && lost.assets().contains(asset.id()));
            return closings.tell(tenant, tenant.deleted(count, inventoriedAt, clock.instant()))
                    .chain(() -> contacts.scheduleErasure(tenant.id(), tenant.terminationId()))
                    .replaceWith(Step.done());
        });
    }

    private Uni<Step<Plan>> restored(Tenant tenant, List<Asset> all) {
        return losses.of(tenant.terminationId()).flatMap(lost -> {
            int back = count(
                    all, asset -> asset.status() == AssetStatus.PROVISIONED || asset.status() == AssetStatus.ORDERED);
            int gone = count(
                    all,
                    asset -> asset.status() == AssetStatus.LOST && lost.assets().contains(asset.id()));
            return closings.tell(tenant, tenant.restored(back, gone)).replaceWith(Step.done());
        });
    }

    private static int count(List<Asset> all, Predicate<Asset> which) {
        return (int) all.stream().filter(which).count();
    }

    /** Disables what was found, and adds it to the records if it is not there. */
    private Uni<Void> disable(Tenant tenant, Comparison comparison, List<Comparison.Shown> found) {
        List<Asset> sent = new ArrayList<>();
        List<Asset> added = new ArrayList<>();
        for (Comparison.Shown one : found) {
            Asset asset = comparison.recorded(one);
            if (asset == null) {
                AssetRef ref = one.item().ref();
                asset = Asset.found(id(ref), ref, one.item().kind(), one.platform(), clock.instant());
                added.add(asset);
                LOG.infof(
                        "Found a %s of tenant %s that is not in the records",
                        one.item().kind(), tenant.id());
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

    private static Uni<Step<Plan>> obstacle(String reason) {
        return Uni.createFrom().item(Step.obstructed(DriverException.passing(reason)));
    }

    @Override
    public Uni<Void> failed(Task task, Throwable failure, Instant nextRetryAt) {
        String reason = Operations.reasonOf(failure);
        LOG.warnf(
                "Tenant %s: inventory of its platforms failed, attempt %d: %s",
                task.tenantId(), task.attempts(), reason);
        return tenants.lock(task.tenantId()).flatMap(tenant -> blocked(tenant, reason, task.attempts(), nextRetryAt));
    }

    /** @param nextRetryAt null if there is no automatic retry */
    private Uni<Void> blocked(Tenant tenant, String reason, int attempts, Instant nextRetryAt) {
        return outbox.append(
                        tenant.id(),
                        Tenant.path(tenant.id()),
                        tenant.terminationId(),
                        tenant.obstructed(reason, attempts, nextRetryAt))
                .replaceWithVoid();
    }
}

package io.tenure.provisioning.termination;

import io.smallrye.mutiny.Uni;
import io.tenure.events.LifecycleFact.Command;
import io.tenure.events.LifecycleFact.CommandRepeated;
import io.tenure.kit.problem.Refusal;
import io.tenure.provisioning.asset.Asset;
import io.tenure.provisioning.asset.AssetStatus;
import io.tenure.provisioning.asset.Assets;
import io.tenure.provisioning.tenant.Repetition;
import io.tenure.provisioning.tenant.Tenant;
import io.tenure.provisioning.tenant.Tenants;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * This service's part of a termination: facts of the lifecycle service set the target of every asset of a tenant, each
 * asset is reconciled on its own, and the last one that is done wakes the tenant. All in transactions that hold the
 * tenant's lock, so exactly one is the last, however many replicas work.
 */
@ApplicationScoped
public class TerminationCascade {

    private static final Set<AssetStatus> EXISTING =
            Set.of(AssetStatus.ORDERED, AssetStatus.PROVISIONED, AssetStatus.DISABLED);
    private static final Set<AssetStatus> DISABLED_OR_ABOUT_TO_BE = Set.of(AssetStatus.DISABLING, AssetStatus.DISABLED);

    private final Tenants tenants;
    private final Assets assets;
    private final ClosingFacts closings;

    TerminationCascade(Tenants tenants, Assets assets, ClosingFacts closings) {
        this.tenants = tenants;
        this.assets = assets;
        this.closings = closings;
    }

    /**
     * A customer leaves: everything becomes unreachable, including orders that are still being carried out (row P1.6a).
     */
    public Uni<Void> disable(UUID tenantId, UUID terminationId) {
        return follow(tenantId, terminationId, Tenant::beginDisabling, EXISTING, Asset::beginDisabling);
    }

    /** The termination is cancelled: everything is restored. */
    public Uni<Void> restore(UUID tenantId, UUID terminationId) {
        return follow(tenantId, terminationId, Tenant::beginRestoring, DISABLED_OR_ABOUT_TO_BE, Asset::beginRestoring);
    }

    /** The retention is over: every disk is sanitized and removed (rows P2.1 and P4.4). */
    public Uni<Void> delete(UUID tenantId, UUID terminationId, String manifestDigest) {
        return follow(
                tenantId,
                terminationId,
                (tenant, termination) -> tenant.beginDeleting(termination, manifestDigest),
                Set.of(AssetStatus.DISABLED),
                Asset::beginSanitizing);
    }

    /**
     * Lifecycle repeats a command that it waits for.
     *
     * @param confirm has lifecycle confirm a deletion that would begin now
     */
    public Uni<Void> repeated(UUID tenantId, CommandRepeated fact, Supplier<Uni<Void>> confirm) {
        return beginsDeletion(tenantId, fact).flatMap(begins -> begins ? confirm.get() : repeat(tenantId, fact));
    }

    private Uni<Boolean> beginsDeletion(UUID tenantId, CommandRepeated fact) {
        return fact.command() == Command.DELETE
                ? known(tenantId)
                        .map(tenant -> tenant.repeated(fact.command(), fact.terminationId()) == Repetition.BEGIN)
                : Uni.createFrom().item(false);
    }

    /**
     * A command is overdue, or an operator wants an immediate retry. If it was never received, it begins now; if it
     * waits for its next attempt, that is made now; if it is done, the result is published again.
     */
    Uni<Void> repeat(UUID tenantId, CommandRepeated fact) {
        return known(tenantId).flatMap(tenant -> switch (tenant.repeated(fact.command(), fact.terminationId())) {
            case NOTHING -> Uni.createFrom().voidItem();
            case BEGIN ->
                switch (fact.command()) {
                    case DISABLE -> disable(tenantId, fact.terminationId());
                    case RESTORE -> restore(tenantId, fact.terminationId());
                    case DELETE -> delete(tenantId, fact.terminationId(), fact.manifestDigest());
                };
            case GO_ON ->
                assets.of(tenantId).flatMap(all -> assets.requestReconciliation(
                                all.stream()
                                        .filter(asset -> asset.status().isUnderWay())
                                        .toList(),
                                fact.terminationId())
                        .chain(() -> tenants.requestReconciliation(tenant)));
            case TELL_AGAIN -> closings.tellAgain(tenant);
        });
    }

    private Uni<Tenant> known(UUID tenantId) {
        return tenants.lock(tenantId).onItem().ifNull().failWith(() -> new Refusal("no-such-tenant", "No such tenant"));
    }

    private Uni<Void> follow(
            UUID tenantId,
            UUID terminationId,
            BiPredicate<Tenant, UUID> begin,
            Set<AssetStatus> concerned,
            Consumer<Asset> change) {
        return known(tenantId)
                .flatMap(tenant -> begin.test(tenant, terminationId)
                        ? assets.of(tenantId).flatMap(all -> {
                            List<Asset> now = all.stream()
                                    .filter(asset -> concerned.contains(asset.status()))
                                    .toList();
                            now.forEach(change);
                            return assets.requestReconciliation(now, terminationId)
                                    .chain(() -> tenants.requestReconciliation(tenant));
                        })
                        : Uni.createFrom().voidItem());
    }
}

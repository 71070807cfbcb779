package io.tenure.provisioning.finding;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.Ids;
import io.tenure.kit.audittrail.AdministrativeActions;
import io.tenure.kit.idempotency.IdempotencyKeys;
import io.tenure.kit.idempotency.Once;
import io.tenure.kit.problem.Problem;
import io.tenure.provisioning.asset.Asset;
import io.tenure.provisioning.asset.Assets;
import io.tenure.provisioning.tenant.Tenants;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.List;
import java.util.UUID;

/** An operator decides that a finding is the tenant's: it becomes an asset, is disabled, and joins the manifest. */
@ApplicationScoped
class TakingIn {

    private final IdempotencyKeys keys;
    private final Findings findings;
    private final Tenants tenants;
    private final Assets assets;
    private final AdministrativeActions actions;
    private final Clock clock;

    TakingIn(
            IdempotencyKeys keys,
            Findings findings,
            Tenants tenants,
            Assets assets,
            AdministrativeActions actions,
            Clock clock) {
        this.keys = keys;
        this.findings = findings;
        this.tenants = tenants;
        this.assets = assets;
        this.actions = actions;
        this.clock = clock;
    }

    /** @param key the caller's Idempotency-Key, or null */
    Uni<Once<Finding>> takeIn(UUID id, String key, FindingResource.Decision decision) {
        return keys.once(
                key,
                "POST " + Finding.path(id) + "/taking-in",
                decision,
                unused -> findings.tenantOf(id)
                        .onItem()
                        .ifNull()
                        .failWith(() -> Problem.notFound("finding"))
                        // The tenant's lock first, as everywhere; everything it guards is read after it.
                        .flatMap(tenants::lock)
                        .flatMap(tenant -> findings.find(id)
                                .onItem()
                                .ifNull()
                                .failWith(() -> Problem.notFound("finding"))
                                .call(finding -> {
                                    Asset asset =
                                            finding.takenIn(tenant, Ids.next(), decision.reason(), clock.instant());
                                    return assets.add(asset)
                                            .chain(() -> actions.record(
                                                    tenant.id(),
                                                    "finding.take-in",
                                                    Finding.path(id),
                                                    tenant.terminationId()))
                                            .chain(() -> assets.requestReconciliation(
                                                    List.of(asset), tenant.terminationId()));
                                })),
                finding -> finding.id);
    }
}

package io.tenure.provisioning.termination;

import io.smallrye.mutiny.Uni;
import io.tenure.events.LifecycleFact.LegalHoldReleased;
import io.tenure.events.LifecycleFact.LegalHoldSet;
import io.tenure.kit.problem.Refusal;
import io.tenure.provisioning.asset.AssetStatus;
import io.tenure.provisioning.asset.Assets;
import io.tenure.provisioning.hold.LegalHolds;
import io.tenure.provisioning.tenant.Tenant;
import io.tenure.provisioning.tenant.Tenants;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;

/**
 * What legal holds mean for a deletion that is under way: it stops, and goes on when lifecycle repeats its command after
 * the release. Nothing else stops: a tenant that is held is disabled and restored like any other.
 */
@ApplicationScoped
public class HeldDeletion {

    private final Tenants tenants;
    private final Assets assets;
    private final LegalHolds holds;

    HeldDeletion(Tenants tenants, Assets assets, LegalHolds holds) {
        this.tenants = tenants;
        this.assets = assets;
        this.holds = holds;
    }

    /** Stops whatever is being wiped under this hold at once. */
    public Uni<Void> set(UUID tenantId, LegalHoldSet fact) {
        return known(tenantId)
                .call(tenant -> holds.set(fact.holdId(), tenantId, fact.assetId()))
                .flatMap(tenant -> assets.of(tenantId)
                        .flatMap(all -> assets.requestReconciliation(
                                all.stream()
                                        .filter(asset -> asset.status() == AssetStatus.SANITIZING)
                                        .toList(),
                                tenant.terminationId())));
    }

    /** Only takes note of it. */
    public Uni<Void> released(UUID tenantId, LegalHoldReleased fact) {
        return known(tenantId).chain(() -> holds.released(fact.holdId(), tenantId));
    }

    private Uni<Tenant> known(UUID tenantId) {
        return tenants.lock(tenantId).onItem().ifNull().failWith(() -> new Refusal("no-such-tenant", "No such tenant"));
    }
}

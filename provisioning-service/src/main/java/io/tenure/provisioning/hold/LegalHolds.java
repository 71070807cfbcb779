package io.tenure.provisioning.hold;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/**
 * The legal holds on tenants' data, as far as the lifecycle service has told them. They stop what is under way; before
 * something is wiped, lifecycle itself is asked, because a fact may be late. The caller holds the tenant's lock. All
 * methods take part in the caller's transaction.
 */
@ApplicationScoped
public class LegalHolds {

    private static final String SET = """
            INSERT INTO legal_hold (id, tenant_id, asset_id) VALUES (?1, ?2, CAST(?3 AS uuid)) ON CONFLICT DO NOTHING""";
    // A release that is put back from the dead letters may come before what it releases.
    private static final String RELEASED = """
            INSERT INTO legal_hold (id, tenant_id, released) VALUES (?1, ?2, true)
            ON CONFLICT (id) DO UPDATE SET released = true""";

    /**
     * The holds that forbid something now.
     *
     * @param everything whether one of them is about all that the tenant has
     * @param assets what the others name
     */
    public record InForce(boolean everything, Set<UUID> assets) {

        /** @param vdcId what the asset lies in, or null: a hold on a virtual data center is also one on its machines */
        public boolean cover(UUID assetId, UUID vdcId) {
            return everything || assets.contains(assetId) || vdcId != null && assets.contains(vdcId);
        }
    }

    /** A hold was set; repeating it changes nothing. @param assetId null for everything that the tenant has */
    public Uni<Void> set(UUID holdId, UUID tenantId, UUID assetId) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(SET)
                        .setParameter(1, holdId)
                        .setParameter(2, tenantId)
                        .setParameter(3, assetId == null ? null : assetId.toString())
                        .executeUpdate())
                .replaceWithVoid();
    }

    /** A hold was released; repeating it changes nothing. */
    public Uni<Void> released(UUID holdId, UUID tenantId) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(RELEASED)
                        .setParameter(1, holdId)
                        .setParameter(2, tenantId)
                        .executeUpdate())
                .replaceWithVoid();
    }

    /** The holds on a tenant that were set and not released. */
    public Uni<InForce> of(UUID tenantId) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(
                                "SELECT id, asset_id FROM legal_hold WHERE tenant_id = ?1 AND NOT released",
                                Tuple.class)
                        .setParameter(1, tenantId)
                        .getResultList())
                .map(rows -> {
                    Set<UUID> assets = new HashSet<>();
                    boolean everything = false;
                    for (Tuple row : rows) {
                        UUID asset = row.get(1, UUID.class);
                        everything |= asset == null;
                        if (asset != null) {
                            assets.add(asset);
                        }
                    }
                    return new InForce(everything, Set.copyOf(assets));
                });
    }
}

package io.tenure.provisioning.asset;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.Medium;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import java.util.List;
import java.util.UUID;

/**
 * The disks of assets as they were when the assets were disabled. A deletion covers exactly these (rows P2.1 and P4.4).
 * The caller holds the tenant's lock. All methods take part in the caller's transaction.
 */
@ApplicationScoped
public class Media {

    /** Stores the disks of an asset, replacing those from an earlier disablement. */
    Uni<Void> keep(UUID assetId, List<Disk> disks) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery("DELETE FROM medium WHERE asset_id = ?1")
                        .setParameter(1, assetId)
                        .executeUpdate()
                        .chain(() -> session.createNativeQuery("INSERT INTO medium (asset_id, name, bytes)"
                                        + " SELECT ?1, name, bytes"
                                        + " FROM unnest(CAST(?2 AS text[]), CAST(?3 AS int8[])) AS disk (name, bytes)")
                                .setParameter(1, assetId)
                                .setParameter(2, disks.stream().map(Disk::name).toArray(String[]::new))
                                .setParameter(3, disks.stream().map(Disk::bytes).toArray(Long[]::new))
                                .executeUpdate()))
                .replaceWithVoid();
    }

    /** The disks of an asset. */
    public Uni<List<Disk>> of(UUID assetId) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(
                                "SELECT name, bytes FROM medium WHERE asset_id = ?1 ORDER BY name", Tuple.class)
                        .setParameter(1, assetId)
                        .getResultList())
                .map(rows -> rows.stream()
                        .map(row -> new Disk(row.get(0, String.class), row.get(1, Long.class)))
                        .toList());
    }

    /** The disks of all disabled assets of a tenant. */
    public Uni<List<Medium>> manifest(UUID tenantId) {
        return Panache.getSession()
                .flatMap(session -> session.flush().chain(() -> session.createNativeQuery("""
                                SELECT medium.asset_id, medium.name, bytes FROM medium JOIN asset ON asset.id = asset_id
                                WHERE tenant_id = ?1 AND status = 'DISABLED' ORDER BY asset_id, medium.name""", Tuple.class)
                        .setParameter(1, tenantId)
                        .getResultList()))
                .map(rows -> rows.stream()
                        .map(row ->
                                new Medium(row.get(0, UUID.class), row.get(1, String.class), row.get(2, Long.class)))
                        .toList());
    }
}

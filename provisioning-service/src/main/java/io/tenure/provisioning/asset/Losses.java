package io.tenure.provisioning.asset;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.events.ProvisioningFact.Medium;
import io.tenure.platform.Expected;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What two people attested as lost in a termination, so that the termination no longer waits for it (row P2.3). If a
 * virtual data center is lost, so are the machines in it. The caller holds the tenant's lock. All methods take part in
 * the caller's transaction.
 */
@ApplicationScoped
public class Losses {

    private final Media media;

    Losses(Media media) {
        this.media = media;
    }

    /**
     * Everything that is lost in a termination.
     *
     * @param assets assets that are lost as a whole
     */
    public record All(Set<UUID> assets, Set<LostDisk> disks) {

        public boolean covers(Medium medium) {
            return assets.contains(medium.assetId()) || disks.contains(new LostDisk(medium.assetId(), medium.name()));
        }
    }

    public record LostDisk(UUID assetId, String name) {}

    /** Records a loss; repeating it changes nothing. @param disk its name, or null for the whole asset */
    public Uni<Void> add(UUID terminationId, UUID assetId, String disk) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery("INSERT INTO loss (termination_id, asset_id, disk)"
                                + " VALUES (?1, ?2, CAST(?3 AS text)) ON CONFLICT DO NOTHING")
                        .setParameter(1, terminationId)
                        .setParameter(2, assetId)
                        .setParameter(3, disk)
                        .executeUpdate())
                .replaceWithVoid();
    }

    public Uni<All> of(UUID terminationId) {
        return Panache.getSession().flatMap(session -> session.createNativeQuery("""
                        SELECT asset_id, disk FROM loss WHERE termination_id = ?1
                        UNION SELECT machine.id, NULL FROM loss JOIN asset AS machine ON machine.vdc_id = asset_id
                        WHERE termination_id = ?1 AND disk IS NULL""", Tuple.class)
                .setParameter(1, terminationId)
                .getResultList()
                .map(Losses::all));
    }

    private static All all(List<Tuple> rows) {
        Set<UUID> assets = new HashSet<>();
        Set<LostDisk> disks = new HashSet<>();
        for (Tuple row : rows) {
            UUID asset = row.get(0, UUID.class);
            String disk = row.get(1, String.class);
            if (disk == null) {
                assets.add(asset);
            } else {
                disks.add(new LostDisk(asset, disk));
            }
        }
        return new All(assets, disks);
    }

    /** What the platform must still hold of an asset that was disabled in a termination. */
    Uni<Expected> expected(UUID terminationId, UUID assetId) {
        return media.of(assetId).flatMap(disks -> of(terminationId)
                .map(lost -> new Expected(
                        disks,
                        lost.assets().contains(assetId),
                        lost.disks().stream()
                                .filter(disk -> disk.assetId().equals(assetId))
                                .map(LostDisk::name)
                                .collect(Collectors.toSet()))));
    }
}

package io.tenure.lifecycle.manifest;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.events.MediaDigest;
import io.tenure.events.ProvisioningFact.AssetDisabled;
import io.tenure.events.ProvisioningFact.AssetSanitized;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.Medium;
import io.tenure.events.ProvisioningFact.MediumDisabled;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.kit.Ids;
import io.tenure.kit.page.Page;
import io.tenure.kit.problem.Refusal;
import io.tenure.lifecycle.termination.Termination;
import io.tenure.lifecycle.termination.TerminationState;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import java.util.List;
import java.util.UUID;

/**
 * The disks that terminations cover, each with its size when it was disabled (matrix rows P2.1 and P2.3). A manifest is
 * collected while things are being disabled, frozen when everything is, and accounted for disk by disk before a
 * certificate is issued. The caller holds the termination's lock. All methods join the caller's transaction.
 */
@ApplicationScoped
public class Manifests {

    private static final String MEDIA_OF_RUN = "SELECT name, bytes FROM manifest_medium"
            + " WHERE termination_id = ?1 AND asset_id = ?2 AND disablement_id = ?3";
    private static final String MEDIA = """
            SELECT asset_id, name, bytes FROM manifest_medium JOIN manifest_asset USING (termination_id, asset_id, disablement_id)
            WHERE termination_id = ?1""";
    private static final String UNACCOUNTED = """
            SELECT asset_id FROM manifest_asset asset WHERE termination_id = ?1
                AND (sanitization_id IS NULL AND loss_id IS NULL OR EXISTS (
                    SELECT FROM manifest_medium medium
                    WHERE medium.termination_id = asset.termination_id AND medium.asset_id = asset.asset_id
                        AND medium.disablement_id = asset.disablement_id
                        AND medium.sanitization_id IS NULL AND medium.loss_id IS NULL))
            ORDER BY asset_id LIMIT ?2""";
    private static final String MISSING = MEDIA
            + " AND asset_id = ?2 AND (CAST(?3 AS text) IS NULL OR name = ?3)"
            + " AND manifest_medium.sanitization_id IS NULL AND manifest_medium.loss_id IS NULL ORDER BY name";
    private static final String PAGE = """
            SELECT manifest_medium.id, asset_id, name, bytes, manifest_medium.sanitization_id, manifest_medium.loss_id
            FROM manifest_medium JOIN manifest_asset USING (termination_id, asset_id, disablement_id)
            WHERE termination_id = ?1 AND manifest_medium.id > ?2 ORDER BY manifest_medium.id LIMIT ?3""";

    /** A disk was disabled. */
    public Uni<Void> add(MediumDisabled fact) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery("INSERT INTO manifest_medium"
                                + " (termination_id, asset_id, disablement_id, name, bytes, id) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
                                + " ON CONFLICT DO NOTHING")
                        .setParameter(1, fact.terminationId())
                        .setParameter(2, fact.assetId())
                        .setParameter(3, fact.disablementId())
                        .setParameter(4, fact.disk().name())
                        .setParameter(5, fact.disk().bytes())
                        .setParameter(6, Ids.next())
                        .executeUpdate())
                .replaceWithVoid();
    }

    /**
     * All disks of an asset were disabled; they replace those of an earlier run.
     *
     * @return a Uni that fails with {@link Refusal} if these are not the disks reported before
     */
    public Uni<Void> add(AssetDisabled fact) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(MEDIA_OF_RUN, Tuple.class)
                        .setParameter(1, fact.terminationId())
                        .setParameter(2, fact.assetId())
                        .setParameter(3, fact.disablementId())
                        .getResultList()
                        .invoke(rows -> {
                            List<Disk> disks = rows.stream()
                                    .map(row -> new Disk(row.get(0, String.class), row.get(1, Long.class)))
                                    .toList();
                            mustAddUp(fact.disks() == disks.size()
                                    && fact.disksDigest().equals(MediaDigest.ofDisks(disks)));
                        })
                        .chain(() -> session.createNativeQuery("INSERT INTO manifest_asset"
                                        + " (termination_id, asset_id, disablement_id) VALUES (?1, ?2, ?3)"
                                        + " ON CONFLICT (termination_id, asset_id) DO UPDATE"
                                        + " SET disablement_id = excluded.disablement_id")
                                .setParameter(1, fact.terminationId())
                                .setParameter(2, fact.assetId())
                                .setParameter(3, fact.disablementId())
                                .executeUpdate()))
                .replaceWithVoid();
    }

    /**
     * Everything is disabled.
     *
     * @return a Uni that fails with {@link Refusal} if the manifest that the fact closes is not what was reported
     *     before: it must not become the basis of a deletion
     */
    public Uni<Void> mustBeComplete(TenantDisabled fact) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(
                                "SELECT count(*) FROM manifest_asset WHERE termination_id = ?1", Long.class)
                        .setParameter(1, fact.terminationId())
                        .getSingleResult()
                        .invoke(assets -> mustAddUp(fact.assets() == assets))
                        .chain(() -> session.createNativeQuery(MEDIA, Tuple.class)
                                .setParameter(1, fact.terminationId())
                                .getResultList()))
                .invoke(rows -> {
                    List<Medium> media = rows.stream()
                            .map(row -> new Medium(
                                    row.get(0, UUID.class), row.get(1, String.class), row.get(2, Long.class)))
                            .toList();
                    mustAddUp(fact.media() == media.size()
                            && fact.manifestDigest().equals(MediaDigest.ofManifest(media)));
                })
                .replaceWithVoid();
    }

    private static void mustAddUp(boolean condition) {
        if (!condition) {
            throw new Refusal(
                    "media-do-not-add-up", "the disks reported before are not those that the end of the run names");
        }
    }

    /** An asset is gone. A disk is accounted for if it was sanitized at the size that it had when it was disabled. */
    public Uni<Void> account(AssetSanitized end, List<SanitizedDisk> disks) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery("UPDATE manifest_asset SET sanitization_id = ?3"
                                + " WHERE termination_id = ?1 AND asset_id = ?2")
                        .setParameter(1, end.terminationId())
                        .setParameter(2, end.assetId())
                        .setParameter(3, end.sanitizationId())
                        .executeUpdate()
                        .chain(() -> session.createNativeQuery("""
                                        UPDATE manifest_medium medium SET sanitization_id = ?3
                                        FROM unnest(CAST(?4 AS text[]), CAST(?5 AS int8[])) AS disk (name, bytes)
                                        WHERE termination_id = ?1 AND asset_id = ?2
                                            AND medium.name = disk.name AND medium.bytes = disk.bytes""")
                                .setParameter(1, end.terminationId())
                                .setParameter(2, end.assetId())
                                .setParameter(3, end.sanitizationId())
                                .setParameter(
                                        4,
                                        disks.stream().map(SanitizedDisk::name).toArray(String[]::new))
                                .setParameter(
                                        5,
                                        disks.stream().map(SanitizedDisk::bytes).toArray(Long[]::new))
                                .executeUpdate()))
                .replaceWithVoid();
    }

    /**
     * The disks of an asset that are not accounted for.
     *
     * @param disk the name of one disk; null for all of the asset's
     * @return these disks, none unless the deletion is under way; a Uni that fails with {@link Refusal} if the deletion
     *     waits for none of them
     */
    public Uni<List<Disk>> missing(Termination termination, UUID assetId, String disk) {
        if (termination.state() != TerminationState.DELETING) {
            return Uni.createFrom().item(List.of());
        }
        return Panache.getSession().flatMap(session -> session.createNativeQuery(MISSING, Tuple.class)
                .setParameter(1, termination.id())
                .setParameter(2, assetId)
                .setParameter(3, disk)
                .getResultList()
                .map(rows -> rows.stream()
                        .map(row -> new Disk(row.get(1, String.class), row.get(2, Long.class)))
                        .toList())
                .call(disks -> disks.isEmpty()
                        ? mustMiss(termination, assetId, disk)
                        : Uni.createFrom().voidItem()));
    }

    private static Uni<Void> mustMiss(Termination termination, UUID assetId, String disk) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(
                                "SELECT count(*) FROM manifest_asset WHERE termination_id = ?1 AND asset_id = ?2"
                                        + " AND sanitization_id IS NULL AND loss_id IS NULL",
                                Long.class)
                        .setParameter(1, termination.id())
                        .setParameter(2, assetId)
                        .getSingleResult())
                .invoke(assets -> {
                    if (disk != null || assets == 0) {
                        throw new Refusal(
                                "not-missed",
                                "The manifest has no such asset or disk, or it is accounted for. See the termination's manifest.");
                    }
                })
                .replaceWithVoid();
    }

    /**
     * Accounts for what was attested lost.
     *
     * @param disk its name; null for the whole asset with all disks that were not sanitized
     */
    public Uni<Void> lose(UUID terminationId, UUID assetId, String disk, UUID lossId) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery("UPDATE manifest_medium SET loss_id = ?3"
                                + " WHERE termination_id = ?1 AND asset_id = ?2 AND (CAST(?4 AS text) IS NULL OR name = ?4)"
                                + " AND sanitization_id IS NULL AND loss_id IS NULL")
                        .setParameter(1, terminationId)
                        .setParameter(2, assetId)
                        .setParameter(3, lossId)
                        .setParameter(4, disk)
                        .executeUpdate()
                        .chain(() -> disk != null
                                ? Uni.createFrom().item(0)
                                : session.createNativeQuery("UPDATE manifest_asset SET loss_id = ?3"
                                                + " WHERE termination_id = ?1 AND asset_id = ?2")
                                        .setParameter(1, terminationId)
                                        .setParameter(2, assetId)
                                        .setParameter(3, lossId)
                                        .executeUpdate()))
                .replaceWithVoid();
    }

    /** The first assets that are neither gone nor attested lost, or that have such a disk. @param most how many */
    public Uni<List<UUID>> unaccounted(UUID terminationId, int most) {
        return Panache.getSession().flatMap(session -> session.createNativeQuery(UNACCOUNTED, UUID.class)
                .setParameter(1, terminationId)
                .setParameter(2, most)
                .getResultList());
    }

    /** A page of a manifest's disks. In the caller's session or one of its own. */
    Uni<Page<MediumView>> page(UUID terminationId, int limit, UUID after) {
        return Panache.withSession(
                        () -> Panache.getSession().flatMap(session -> session.createNativeQuery(PAGE, Tuple.class)
                                .setParameter(1, terminationId)
                                .setParameter(2, after)
                                .setParameter(3, limit + 1)
                                .getResultList()))
                .map(rows -> Page.of(
                        rows,
                        limit,
                        row -> row.get(0, UUID.class),
                        row -> new MediumView(
                                row.get(0, UUID.class),
                                row.get(1, UUID.class),
                                row.get(2, String.class),
                                row.get(3, Long.class),
                                row.get(4) != null
                                        ? MediumView.Accounted.SANITIZED
                                        : row.get(5) != null ? MediumView.Accounted.LOST : MediumView.Accounted.OPEN)));
    }
}

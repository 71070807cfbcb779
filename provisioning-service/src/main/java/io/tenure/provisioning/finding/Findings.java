package io.tenure.provisioning.finding;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.Ids;
import io.tenure.platform.Inventory.Found;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/** What inventories found besides tenants' assets. All methods take part in the caller's session. */
@ApplicationScoped
public class Findings {

    /** Something that is not one of the tenant's assets. @param platform where it was found */
    public record Beside(String platform, Found found) {}

    private static final String GONE = """
            DELETE FROM finding WHERE tenant_id = ?1 AND asset_id IS NULL AND NOT EXISTS (
                SELECT FROM unnest(CAST(?2 AS text[]), CAST(?3 AS text[]), CAST(?4 AS text[])) AS found (platform, location, name)
                WHERE (found.platform, found.location, found.name) = (finding.platform, finding.location, finding.name))""";
    private static final String SEEN = """
            INSERT INTO finding (id, tenant_id, platform, location, name, mark, bytes)
            SELECT CAST(id AS uuid), ?1, platform, location, name, mark, CAST(bytes AS int8)
            FROM unnest(CAST(?2 AS text[]), CAST(?3 AS text[]), CAST(?4 AS text[]), CAST(?5 AS text[]), CAST(?6 AS text[]),
                CAST(?7 AS text[])) AS found (platform, location, name, id, mark, bytes)
            ON CONFLICT (tenant_id, platform, location, name) WHERE asset_id IS NULL
            DO UPDATE SET mark = excluded.mark, bytes = excluded.bytes""";

    /** Stores what the latest inventory found, replacing earlier open findings. The caller holds the tenant's lock. */
    public Uni<Void> keep(UUID tenantId, List<Beside> found) {
        String[] on = column(found, Beside::platform);
        String[] locations = column(found, one -> one.found().place().location());
        String[] names = column(found, one -> one.found().place().name());
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(GONE)
                        .setParameter(1, tenantId)
                        .setParameter(2, on)
                        .setParameter(3, locations)
                        .setParameter(4, names)
                        .executeUpdate()
                        .chain(() -> session.createNativeQuery(SEEN)
                                .setParameter(1, tenantId)
                                .setParameter(2, on)
                                .setParameter(3, locations)
                                .setParameter(4, names)
                                .setParameter(5, column(found, one -> Ids.next().toString()))
                                .setParameter(
                                        6,
                                        column(found, one -> one.found().mark().name()))
                                .setParameter(
                                        7,
                                        column(
                                                found,
                                                one -> Long.toString(one.found().bytes())))
                                .executeUpdate()))
                .replaceWithVoid();
    }

    private static String[] column(List<Beside> found, Function<Beside, String> value) {
        return found.stream().map(value).toArray(String[]::new);
    }

    /** One finding; null if there is none. */
    Uni<Finding> find(UUID id) {
        return Panache.getSession().flatMap(session -> session.find(Finding.class, id));
    }

    /** The tenant of a finding; null if there is no such finding. */
    Uni<UUID> tenantOf(UUID id) {
        return Panache.getSession().flatMap(session -> session.createSelectionQuery(
                        "select tenantId from Finding where id = ?1", UUID.class)
                .setParameter(1, id)
                .getSingleResultOrNull());
    }

    /** Up to {@code limit} findings that wait for a decision, with ids above {@code after}, ascending. */
    Uni<List<Finding>> page(UUID tenantId, UUID after, int limit) {
        return Panache.getSession().flatMap(session -> session.createSelectionQuery(
                        "from Finding where tenantId = ?1 and assetId is null and id > ?2 order by id", Finding.class)
                .setParameter(1, tenantId)
                .setParameter(2, after)
                .setMaxResults(limit)
                .getResultList());
    }
}

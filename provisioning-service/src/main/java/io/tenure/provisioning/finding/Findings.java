package io.tenure.provisioning.finding;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.Ids;
import io.tenure.provisioning.platform.Inventory.Found;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/** What inventories found beside tenants' assets. All methods take part in the caller's session. */
@ApplicationScoped
public class Findings {

    private static final String GONE = """
            DELETE FROM finding WHERE tenant_id = ?1 AND asset_id IS NULL AND NOT EXISTS (
                SELECT FROM unnest(CAST(?2 AS text[]), CAST(?3 AS text[])) AS found (location, name)
                WHERE found.location = finding.location AND found.name = finding.name)""";
    private static final String SEEN = """
            INSERT INTO finding (id, tenant_id, location, name, mark, bytes)
            SELECT CAST(id AS uuid), ?1, location, name, mark, CAST(bytes AS int8)
            FROM unnest(CAST(?2 AS text[]), CAST(?3 AS text[]), CAST(?4 AS text[]), CAST(?5 AS text[]), CAST(?6 AS text[]))
                AS found (location, name, id, mark, bytes)
            ON CONFLICT (tenant_id, location, name) WHERE asset_id IS NULL
            DO UPDATE SET mark = excluded.mark, bytes = excluded.bytes""";

    /** Keeps what the latest inventory found of a tenant, which the caller has locked, in the place of earlier findings. */
    public Uni<Void> keep(UUID tenantId, List<Found> found) {
        String[] locations = column(found, one -> one.place().location());
        String[] names = column(found, one -> one.place().name());
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(GONE)
                        .setParameter(1, tenantId)
                        .setParameter(2, locations)
                        .setParameter(3, names)
                        .executeUpdate()
                        .chain(() -> session.createNativeQuery(SEEN)
                                .setParameter(1, tenantId)
                                .setParameter(2, locations)
                                .setParameter(3, names)
                                .setParameter(4, column(found, one -> Ids.next().toString()))
                                .setParameter(5, column(found, one -> one.mark().name()))
                                .setParameter(6, column(found, one -> Long.toString(one.bytes())))
                                .executeUpdate()))
                .replaceWithVoid();
    }

    private static String[] column(List<Found> found, Function<Found, String> value) {
        return found.stream().map(value).toArray(String[]::new);
    }

    /** One finding; null if there is none. */
    Uni<Finding> find(UUID id) {
        return Panache.getSession().flatMap(session -> session.find(Finding.class, id));
    }

    /** Whose a finding is; null if there is none. */
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

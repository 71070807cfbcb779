package io.tenure.lifecycle.impediment;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.lifecycle.impediment.Impediment.Held;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What forbids the deletions of terminations now. Whoever sets an impediment holds the lock of each termination that it
 * concerns; so for whoever holds that lock too, and reads after it, the answer stays true until the commit.
 */
@ApplicationScoped
public class Impediments {

    private static final String HOLDS = """
            SELECT termination.id AS termination_id, legal_hold.id AS hold_id, asset_id, set_at
            FROM termination JOIN legal_hold ON legal_hold.tenant_id = termination.tenant_id
            WHERE released_at IS NULL AND termination.id = ANY(%s) ORDER BY legal_hold.id""";
    private static final String HOLDS_IN_SESSION = HOLDS.formatted("CAST(?1 AS uuid[])");
    private static final String HOLDS_IN_SQL = HOLDS.formatted("$1");

    /** Those of one termination, oldest first. In the caller's session. */
    public Uni<List<Impediment>> of(UUID terminationId) {
        return of(List.of(terminationId)).map(found -> found.getOrDefault(terminationId, List.of()));
    }

    /** Those of several terminations; one without any has no entry. In the caller's session. */
    public Uni<Map<UUID, List<Impediment>>> of(Collection<UUID> terminationIds) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(HOLDS_IN_SESSION, jakarta.persistence.Tuple.class)
                        .setParameter(1, terminationIds.toArray(UUID[]::new))
                        .getResultList())
                .map(rows -> {
                    Map<UUID, List<Impediment>> found = new HashMap<>();
                    for (var row : rows) {
                        add(
                                found,
                                row.get("termination_id", UUID.class),
                                row.get("hold_id", UUID.class),
                                row.get("asset_id", UUID.class),
                                row.get("set_at", OffsetDateTime.class));
                    }
                    return found;
                });
    }

    /** The same with plain SQL, for the gate, with one statement for all. */
    public Uni<Map<UUID, List<Impediment>>> of(SqlConnection connection, UUID[] terminationIds) {
        return connection
                .preparedQuery(HOLDS_IN_SQL)
                .execute(Tuple.of((Object) terminationIds))
                .map(rows -> {
                    Map<UUID, List<Impediment>> found = new HashMap<>();
                    for (Row row : rows) {
                        add(
                                found,
                                row.getUUID("termination_id"),
                                row.getUUID("hold_id"),
                                row.getUUID("asset_id"),
                                row.getOffsetDateTime("set_at"));
                    }
                    return found;
                });
    }

    private static void add(
            Map<UUID, List<Impediment>> found, UUID terminationId, UUID holdId, UUID assetId, OffsetDateTime since) {
        found.computeIfAbsent(terminationId, none -> new ArrayList<>())
                .add(new Held(holdId, assetId, since.toInstant()));
    }
}

package io.tenure.audit.event;

import io.smallrye.mutiny.Uni;
import io.tenure.audit.log.TreeStore;
import io.tenure.audit.log.TreeStore.SignedHead;
import io.tenure.kit.Page;
import io.tenure.verifier.Proofs;
import io.tenure.verifier.TlogProof;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Finds events in the log, and proves them. */
@ApplicationScoped
class LoggedEvents {

    /**
     * Which events to list; null means any.
     *
     * @param after only those behind this index
     */
    record Filter(UUID tenantId, String type, UUID correlationId, long after) {}

    /** An event with its exact bytes, and the newest tree head, which covers it. */
    record Found(long index, UUID tenantId, byte[] bytes, SignedHead head) {}

    private static final String COLUMNS =
            "SELECT index, event_id, type, tenant_id, time, source, correlation_id, leaf_hash FROM leaf WHERE index > $1";
    private static final String FIND = """
            SELECT l.index, l.tenant_id, l.bytes, c.size, c.note
            FROM leaf l, (SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1) c WHERE l.event_id = $1""";

    private final Pool pool;
    private final TreeStore tree;

    LoggedEvents(Pool pool, TreeStore tree) {
        this.pool = pool;
        this.tree = tree;
    }

    /** A page of the log, in its order. */
    Uni<Page<LoggedEvent>> list(Filter filter, int limit) {
        StringBuilder sql = new StringBuilder(COLUMNS);
        List<Object> parameters = new ArrayList<>(List.of(filter.after));
        restrict(sql, parameters, "tenant_id", filter.tenantId);
        restrict(sql, parameters, "type", filter.type);
        restrict(sql, parameters, "correlation_id", filter.correlationId);
        parameters.add(limit + 1);
        sql.append(" ORDER BY index LIMIT $").append(parameters.size());
        return pool.preparedQuery(sql.toString())
                .execute(Tuple.from(parameters))
                .map(rows -> rows.stream().map(LoggedEvents::view).toList())
                .map(found -> page(found, limit));
    }

    Uni<Optional<Found>> find(UUID eventId) {
        return pool.preparedQuery(FIND).execute(Tuple.of(eventId)).map(rows -> rows.stream()
                .findFirst()
                .map(row -> new Found(
                        row.getLong("index"),
                        row.getUUID("tenant_id"),
                        row.getBuffer("bytes").getBytes(),
                        new SignedHead(row.getLong("size"), row.getString("note")))));
    }

    /** The proof of an event under the head it was found with, made from tiles: a few rows, however long the log is. */
    Uni<EventProof> prove(UUID eventId, Found event) {
        long size = event.head.size();
        return tree.tiles(Proofs.inclusionTiles(event.index, size)).map(tiles -> {
            List<byte[]> hashes = Proofs.inclusion(event.index, size, tiles);
            return new EventProof(
                    event.index,
                    eventId,
                    Base64.getEncoder().encodeToString(event.bytes),
                    new TlogProof(event.index, hashes, event.head.note()).text());
        });
    }

    private static void restrict(StringBuilder sql, List<Object> parameters, String column, Object value) {
        if (value != null) {
            parameters.add(value);
            sql.append(" AND ").append(column).append(" = $").append(parameters.size());
        }
    }

    private static Page<LoggedEvent> page(List<LoggedEvent> found, int limit) {
        boolean more = found.size() > limit;
        List<LoggedEvent> items = more ? found.subList(0, limit) : found;
        return new Page<>(items, more ? Long.toString(items.getLast().index()) : null);
    }

    private static LoggedEvent view(Row row) {
        return new LoggedEvent(
                row.getLong("index"),
                row.getUUID("event_id"),
                row.getString("type"),
                row.getUUID("tenant_id"),
                row.getOffsetDateTime("time").toInstant(),
                row.getString("source"),
                row.getUUID("correlation_id"),
                HexFormat.of().formatHex(row.getBuffer("leaf_hash").getBytes()));
    }
}

package io.tenure.audit.query;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.page.Page;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Finds events in the log. */
@ApplicationScoped
class LoggedEvents {

    /**
     * Which events to list; null means any.
     *
     * @param after only events after this index
     */
    record Filter(UUID tenantId, String type, UUID correlationId, long after) {}

    /** An event with its exact bytes. */
    record Found(UUID tenantId, byte[] bytes) {}

    private static final String COLUMNS =
            "SELECT index, event_id, type, tenant_id, time, source, correlation_id, leaf_hash FROM leaf WHERE index > $1";
    private static final String FIND = "SELECT tenant_id, bytes FROM leaf WHERE event_id = $1";

    private final Pool pool;

    LoggedEvents(Pool pool) {
        this.pool = pool;
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
                .map(rows -> Page.of(rows.stream().toList(), limit, row -> row.getLong("index"), LoggedEvents::view));
    }

    Uni<Optional<Found>> find(UUID eventId) {
        return pool.preparedQuery(FIND).execute(Tuple.of(eventId)).map(rows -> rows.stream()
                .findFirst()
                .map(row -> new Found(
                        row.getUUID("tenant_id"), row.getBuffer("bytes").getBytes())));
    }

    private static void restrict(StringBuilder sql, List<Object> parameters, String column, Object value) {
        if (value != null) {
            parameters.add(value);
            sql.append(" AND ").append(column).append(" = $").append(parameters.size());
        }
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

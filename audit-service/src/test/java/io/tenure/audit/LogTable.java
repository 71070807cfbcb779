package io.tenure.audit;

import io.tenure.verifier.tree.Merkle;
import io.tenure.verifier.tree.TreeAppender;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** Reads the log's tables without the service's own code. */
@ApplicationScoped
public class LogTable {

    private final Pool pool;

    LogTable(Pool pool) {
        this.pool = pool;
    }

    public RowSet<Row> query(String sql, Object... parameters) {
        return pool.preparedQuery(sql).execute(Tuple.from(parameters)).await().indefinitely();
    }

    public long count(String sql, Object... parameters) {
        return query(sql, parameters).iterator().next().getLong(0);
    }

    /** How many of these events are in the log; an event that is in it twice counts twice. */
    public long logged(Collection<UUID> ids) {
        return count("SELECT count(*) FROM leaf WHERE event_id = ANY($1)", (Object) ids.toArray(UUID[]::new));
    }

    public long size() {
        return count("SELECT max(size) FROM checkpoint");
    }

    /** The entries' bytes in order; fails on a gap. */
    public List<byte[]> entries() {
        List<byte[]> entries = new ArrayList<>();
        for (Row row : query("SELECT index, bytes, leaf_hash FROM leaf ORDER BY index")) {
            if (row.getLong(0) != entries.size()) {
                throw new AssertionError("index " + entries.size() + " is missing");
            }
            entries.add(row.getBuffer(1).getBytes());
        }
        return entries;
    }

    /** The roots of the trees of 0, 1, 2 ... entries, computed anew from the entries' bytes. */
    public static List<byte[]> roots(List<byte[]> entries) {
        TreeAppender tree = new TreeAppender(0, tile -> null);
        List<byte[]> roots = new ArrayList<>(List.of(tree.root()));
        for (byte[] entry : entries) {
            tree.append(Merkle.hashLeaf(entry));
            roots.add(tree.root());
        }
        return roots;
    }
}

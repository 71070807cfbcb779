package io.tenure.audit.log;

import io.smallrye.mutiny.Uni;
import io.tenure.verifier.note.Checkpoint;
import io.tenure.verifier.tree.Tile;
import io.tenure.verifier.tree.TileReader;
import io.tenure.verifier.tree.TreeAppender;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Pool;
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
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** The tree in the database: leaves, tiles and checkpoints; rows are only added. */
@ApplicationScoped
public class TreeStore {

    /** A signed tree head with its note. */
    public record SignedHead(long size, String note) {}

    /**
     * An entry and everything needed to prove it.
     *
     * @param bytes the event exactly as it was published
     * @param head the newest head; it covers the entry
     * @param tiles the tiles for the entry's inclusion proof under that head
     */
    public record Provable(long index, UUID tenantId, byte[] bytes, SignedHead head, TileReader tiles) {}

    /** The newest head and the incomplete tiles of its tree: all that is needed to append. */
    record Edge(SignedHead head, TileReader tiles) {}

    private static final String LATEST = "SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1";

    /** At most one incomplete tile per level, at the position of the last entry; a shift by 63 gives 0. */
    private static final String EDGE = """
            SELECT c.size, c.note, p.level, p.index, p.hashes
            FROM (SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1) c
            LEFT JOIN LATERAL (
                SELECT p.level, p.index, string_agg(p.hashes, ''::bytea ORDER BY p.first) AS hashes
                FROM generate_series(0, 7) l
                JOIN tile_part p ON p.level = l AND p.index = c.size >> least(8 * (l + 1), 63)
                GROUP BY p.level, p.index) p ON true""";

    private static final String TILES = """
            WITH wanted AS (SELECT * FROM unnest($1::int4[], $2::int8[]) AS w(level, index))
            SELECT w.level, w.index, t.hashes FROM wanted w JOIN tile t ON t.level = w.level AND t.index = w.index
            UNION ALL
            SELECT w.level, w.index, string_agg(p.hashes, ''::bytea ORDER BY p.first)
            FROM wanted w JOIN tile_part p ON p.level = w.level AND p.index = w.index
            WHERE NOT EXISTS (SELECT FROM tile t WHERE t.level = w.level AND t.index = w.index)
            GROUP BY w.level, w.index""";

    /**
     * An entry and everything needed to prove it, in one row. A proof takes its hashes from the tiles above the entry
     * and at the right edge, one of each per level; often these are the same, and some levels have none.
     */
    private static final String PROVABLE = """
            SELECT e.index, e.tenant_id, e.bytes, c.size, c.note, t.levels, t.indexes, t.hashes
            FROM leaf e, (SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1) c, LATERAL (
                SELECT array_agg(w.level) AS levels, array_agg(w.index) AS indexes, array_agg(coalesce(
                    (SELECT hashes FROM tile WHERE level = w.level AND index = w.index),
                    (SELECT string_agg(hashes, ''::bytea ORDER BY first) FROM tile_part
                        WHERE level = w.level AND index = w.index),
                    ''::bytea)) AS hashes
                FROM generate_series(0, 7) l, LATERAL (
                    SELECT l AS level, e.index >> least(8 * (l + 1), 63) AS index
                    UNION SELECT l, c.size >> least(8 * (l + 1), 63)) w
                WHERE c.size >> (8 * l) > 0) t
            WHERE e.event_id = $1""";

    private static final String ENTRIES = "SELECT bytes FROM leaf WHERE index >= $1 AND index < $2 ORDER BY index";

    private static final String INSERT_LEAVES = """
            INSERT INTO leaf (index, event_id, leaf_hash, type, tenant_id, correlation_id, time, source,
                              topic, kafka_partition, kafka_offset, bytes, sequenced_at)
            SELECT u.*, $13 FROM unnest($1::int8[], $2::uuid[], $3::bytea[], $4::text[], $5::uuid[], $6::uuid[],
                $7::timestamptz[], $8::text[], $9::text[], $10::int4[], $11::int8[], $12::bytea[]) AS u""";

    private static final String INSERT_TILES =
            "INSERT INTO tile (level, index, hashes) SELECT * FROM unnest($1::int4[], $2::int8[], $3::bytea[])";

    private static final String INSERT_PARTS = "INSERT INTO tile_part (level, index, first, hashes)"
            + " SELECT * FROM unnest($1::int4[], $2::int8[], $3::int4[], $4::bytea[])";

    private static final String INSERT_CHECKPOINT =
            "INSERT INTO checkpoint (size, note, signed_at) VALUES ($1, $2, $3)";

    /**
     * Few enough that the arrays fit into the server's work memory, many enough that the cost per statement does not
     * matter.
     */
    private static final int LEAVES_A_STATEMENT = 500;

    private final Pool pool;

    TreeStore(Pool pool) {
        this.pool = pool;
    }

    /** The newest signed tree head. */
    public Uni<SignedHead> latest() {
        return pool.preparedQuery(LATEST)
                .execute()
                .map(rows -> head(rows.iterator().next()));
    }

    Uni<Edge> edge(SqlConnection connection) {
        return connection.preparedQuery(EDGE).execute().map(rows -> {
            Map<String, byte[]> hashes = new HashMap<>();
            for (Row row : rows) {
                if (row.getBuffer("hashes") != null) {
                    hashes.put(name(row.getInteger("level"), row.getLong("index")), bytes(row, 4));
                }
            }
            return new Edge(head(rows.iterator().next()), reader(hashes));
        });
    }

    /** The entry of an event; empty if it is not in the log. */
    public Uni<Optional<Provable>> provable(UUID eventId) {
        return pool.preparedQuery(PROVABLE).execute(Tuple.of(eventId)).map(rows -> rows.stream()
                .findFirst()
                .map(row -> new Provable(
                        row.getLong("index"), row.getUUID("tenant_id"), bytes(row, 2), head(row), tiles(row))));
    }

    /** Reads the tiles for a proof in one statement. Tiles that do not exist read as null. */
    public Uni<TileReader> tiles(Collection<Tile> wanted) {
        if (wanted.isEmpty()) {
            return Uni.createFrom().item(tile -> null);
        }
        Integer[] levels = wanted.stream().map(Tile::level).toArray(Integer[]::new);
        Long[] indexes = wanted.stream().map(Tile::index).toArray(Long[]::new);
        return pool.preparedQuery(TILES).execute(Tuple.of(levels, indexes)).map(rows -> {
            Map<String, byte[]> hashes = new HashMap<>();
            for (Row row : rows) {
                hashes.put(name(row.getInteger(0), row.getLong(1)), bytes(row, 2));
            }
            return reader(hashes);
        });
    }

    private static SignedHead head(Row row) {
        return new SignedHead(row.getLong("size"), row.getString("note"));
    }

    private static TileReader reader(Map<String, byte[]> hashes) {
        return tile -> hashes.get(name(tile.level(), tile.index()));
    }

    private static TileReader tiles(Row row) {
        Integer[] levels = row.getArrayOfIntegers("levels");
        Long[] indexes = row.getArrayOfLongs("indexes");
        Buffer[] tiles = (Buffer[]) row.getValue("hashes");
        Map<String, byte[]> hashes = new HashMap<>();
        for (int i = 0; i < tiles.length; i++) {
            hashes.put(name(levels[i], indexes[i]), tiles[i].getBytes());
        }
        return reader(hashes);
    }

    private static String name(int level, long index) {
        return level + "/" + index;
    }

    /** The exact bytes of the entries from {@code first}, at most {@code count}. */
    Uni<List<byte[]>> entries(long first, int count) {
        return pool.preparedQuery(ENTRIES)
                .execute(Tuple.of(first, first + count))
                .map(rows -> rows.stream().map(row -> bytes(row, 0)).toList());
    }

    /**
     * Inserts the entries from {@code first} on. All statements are sent at once, so that encoding and inserting
     * overlap.
     */
    Uni<Void> insertLeaves(SqlConnection connection, long first, List<LogEntry> entries, OffsetDateTime now) {
        List<Uni<Void>> inserts = new ArrayList<>();
        for (int from = 0; from < entries.size(); from += LEAVES_A_STATEMENT) {
            List<LogEntry> some = entries.subList(from, Math.min(entries.size(), from + LEAVES_A_STATEMENT));
            long index = first + from;
            inserts.add(Uni.createFrom().deferred(() -> insertSome(connection, index, some, now)));
        }
        return all(inserts);
    }

    private static Uni<Void> insertSome(
            SqlConnection connection, long first, List<LogEntry> entries, OffsetDateTime now) {
        Long[] indexes = new Long[entries.size()];
        Buffer[] hashes = new Buffer[entries.size()];
        Buffer[] bytes = new Buffer[entries.size()];
        OffsetDateTime[] times = new OffsetDateTime[entries.size()];
        for (int i = 0; i < entries.size(); i++) {
            LogEntry entry = entries.get(i);
            indexes[i] = first + i;
            hashes[i] = Buffer.buffer(entry.leafHash());
            bytes[i] = Buffer.buffer(entry.bytes());
            times[i] = entry.time().atOffset(now.getOffset());
        }
        return execute(
                connection,
                INSERT_LEAVES,
                indexes,
                entries.stream().map(LogEntry::eventId).toArray(UUID[]::new),
                hashes,
                entries.stream().map(LogEntry::type).toArray(String[]::new),
                entries.stream().map(LogEntry::tenantId).toArray(UUID[]::new),
                entries.stream().map(LogEntry::correlationId).toArray(UUID[]::new),
                times,
                entries.stream().map(LogEntry::source).toArray(String[]::new),
                entries.stream().map(LogEntry::topic).toArray(String[]::new),
                entries.stream().map(LogEntry::partition).toArray(Integer[]::new),
                entries.stream().map(LogEntry::offset).toArray(Long[]::new),
                bytes,
                now);
    }

    /**
     * Stores the new hashes of a tree. The last part of a tile that became full is stored only as part of that tile.
     */
    Uni<Void> insertTiles(SqlConnection connection, List<TreeAppender.Growth> growths) {
        List<TreeAppender.Growth> full =
                growths.stream().filter(growth -> growth.tile() != null).toList();
        List<TreeAppender.Growth> parts =
                growths.stream().filter(growth -> growth.tile() == null).toList();
        List<Uni<Void>> inserts = new ArrayList<>();
        if (!full.isEmpty()) {
            inserts.add(execute(
                    connection, INSERT_TILES, levels(full), indexes(full), buffers(full, TreeAppender.Growth::tile)));
        }
        if (!parts.isEmpty()) {
            inserts.add(execute(
                    connection,
                    INSERT_PARTS,
                    levels(parts),
                    indexes(parts),
                    parts.stream().map(TreeAppender.Growth::first).toArray(Integer[]::new),
                    buffers(parts, TreeAppender.Growth::hashes)));
        }
        return all(inserts);
    }

    Uni<Void> insertCheckpoint(SqlConnection connection, Checkpoint checkpoint, String note, OffsetDateTime now) {
        return execute(connection, INSERT_CHECKPOINT, checkpoint.size(), note, now);
    }

    /** Sends all statements without waiting in between; completes when all have ended, successfully or not. */
    private static Uni<Void> all(List<Uni<Void>> statements) {
        return Uni.join().all(statements).andCollectFailures().replaceWithVoid();
    }

    private static Uni<Void> execute(SqlConnection connection, String sql, Object... parameters) {
        return connection.preparedQuery(sql).execute(Tuple.from(parameters)).replaceWithVoid();
    }

    private static Buffer[] buffers(List<TreeAppender.Growth> growths, Function<TreeAppender.Growth, byte[]> hashes) {
        return growths.stream().map(hashes).map(Buffer::buffer).toArray(Buffer[]::new);
    }

    private static Integer[] levels(List<TreeAppender.Growth> growths) {
        return growths.stream().map(TreeAppender.Growth::level).toArray(Integer[]::new);
    }

    private static Long[] indexes(List<TreeAppender.Growth> growths) {
        return growths.stream().map(TreeAppender.Growth::index).toArray(Long[]::new);
    }

    static byte[] bytes(Row row, int column) {
        return row.getBuffer(column).getBytes();
    }
}

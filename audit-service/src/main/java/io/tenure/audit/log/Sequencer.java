package io.tenure.audit.log;

import io.smallrye.mutiny.Uni;
import io.tenure.verifier.Checkpoint;
import io.tenure.verifier.Merkle;
import io.tenure.verifier.Proofs;
import io.tenure.verifier.Tile;
import io.tenure.verifier.TileReader;
import io.tenure.verifier.TreeAppender;
import io.tenure.verifier.VerificationException;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Appends events to the log. A batch is one transaction under one lock, which all replicas share: events that the log
 * already has are left out, the others get the next indexes without a gap, the tree grows by them, the new head is proven
 * to continue the last signed one, and only then is it signed. The note leaves the process after the commit, so the log
 * never publishes a head that it might have to take back.
 */
@ApplicationScoped
public class Sequencer {

    private static final int LOCK_CLASS = 0x7E0A;

    /** The lock's holder may not keep all replicas waiting if its process hangs. */
    private static final String LOCK = "SELECT set_config('idle_in_transaction_session_timeout', '30s', true),"
            + " pg_advisory_xact_lock(" + LOCK_CLASS + ", 0)";

    private static final String KNOWN = "SELECT event_id, leaf_hash FROM leaf WHERE event_id = ANY($1)";

    /**
     * What became of a batch.
     *
     * @param size entries in the log afterwards
     * @param added the entries that were appended, in the order of their indexes, which end at {@code size}
     * @param conflicting entries with the id of a logged event but other bytes; not appended
     */
    public record Outcome(long size, List<LogEntry> added, List<LogEntry> conflicting) {}

    private record Sorted(List<LogEntry> fresh, List<LogEntry> conflicting) {}

    private final Pool pool;
    private final TreeStore store;
    private final LogKey key;
    private final Clock clock;

    Sequencer(Pool pool, TreeStore store, LogKey key, Clock clock) {
        this.pool = pool;
        this.store = store;
        this.key = key;
        this.clock = clock;
    }

    /**
     * Appends the entries that the log does not have yet.
     *
     * @return the outcome, once it is durable; fails with {@link VerificationException}, nothing changed, if what the
     *     database holds is not what was signed
     */
    public Uni<Outcome> append(List<LogEntry> entries) {
        return pool.withTransaction(connection -> connection
                .query(LOCK)
                .execute()
                // The lock comes in a statement of its own: the next one must see what the lock's last holder
                // committed.
                .chain(() -> store.latest(connection))
                .chain(head -> sort(connection, entries).chain(sorted -> {
                    Uni<Long> size = sorted.fresh.isEmpty()
                            ? Uni.createFrom().item(head.size())
                            : extend(connection, head, sorted.fresh);
                    return size.map(reached -> new Outcome(reached, sorted.fresh, sorted.conflicting));
                })));
    }

    private Uni<Sorted> sort(SqlConnection connection, List<LogEntry> entries) {
        UUID[] ids = entries.stream().map(LogEntry::eventId).distinct().toArray(UUID[]::new);
        return connection.preparedQuery(KNOWN).execute(Tuple.of((Object) ids)).map(rows -> {
            Map<UUID, byte[]> known = new HashMap<>();
            for (Row row : rows) {
                known.put(row.getUUID(0), TreeStore.bytes(row, 1));
            }
            Sorted sorted = new Sorted(new ArrayList<>(), new ArrayList<>());
            for (LogEntry entry : entries) {
                byte[] logged = known.putIfAbsent(entry.eventId(), entry.leafHash());
                if (logged == null) {
                    sorted.fresh.add(entry);
                } else if (!MessageDigest.isEqual(logged, entry.leafHash())) {
                    sorted.conflicting.add(entry);
                }
            }
            return sorted;
        });
    }

    private Uni<Long> extend(SqlConnection connection, TreeStore.SignedHead head, List<LogEntry> fresh) {
        Checkpoint signed = Checkpoint.open(head.note(), key.verifier());
        Set<Tile> edge = TreeAppender.edgeTiles(signed.size());
        OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
        return store.tiles(connection, edge).chain(stored -> {
            TreeAppender tree = new TreeAppender(signed.size(), stored);
            fresh.forEach(entry -> tree.append(entry.leafHash()));
            List<TreeAppender.Growth> growths = tree.drain();
            Checkpoint next = new Checkpoint(key.origin(), tree.size(), tree.root());
            requireConsistent(signed, next, grown(stored, growths));
            return store.insertLeaves(connection, signed.size(), fresh, now)
                    .chain(() -> store.insertTiles(connection, growths))
                    .chain(() -> store.insertCheckpoint(connection, next, key.sign(next), now))
                    .replaceWith(next.size());
        });
    }

    /** A log that signed two heads of which one does not continue the other has lost all its worth. */
    private static void requireConsistent(Checkpoint signed, Checkpoint next, TileReader tiles) {
        List<byte[]> proof = Proofs.consistency(signed.size(), next.size(), tiles);
        if (!Merkle.consistent(signed.size(), next.size(), signed.root(), next.root(), proof)) {
            throw new VerificationException("the stored tiles do not lead to the head that was signed for "
                    + signed.size() + " entries; nothing is appended until this is looked into");
        }
    }

    private static TileReader grown(TileReader stored, List<TreeAppender.Growth> growths) {
        Map<String, byte[]> grown = new HashMap<>();
        for (TreeAppender.Growth growth : growths) {
            String name = growth.level() + "/" + growth.index();
            if (growth.tile() != null) {
                grown.put(name, growth.tile());
            } else {
                byte[] before = growth.first() == 0
                        ? new byte[0]
                        : stored.read(new Tile(growth.level(), growth.index(), growth.first()));
                grown.put(name, joined(before, growth.first() * Merkle.HASH_LENGTH, growth.hashes()));
            }
        }
        return tile -> {
            byte[] hashes = grown.get(tile.level() + "/" + tile.index());
            return hashes == null ? stored.read(tile) : hashes;
        };
    }

    private static byte[] joined(byte[] before, int length, byte[] after) {
        byte[] joined = Arrays.copyOf(before, length + after.length);
        System.arraycopy(after, 0, joined, length, after.length);
        return joined;
    }
}

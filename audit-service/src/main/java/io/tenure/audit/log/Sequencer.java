package io.tenure.audit.log;

import io.smallrye.mutiny.CompositeException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.tenure.audit.log.TreeStore.Edge;
import io.tenure.verifier.VerificationException;
import io.tenure.verifier.note.Checkpoint;
import io.tenure.verifier.tree.Merkle;
import io.tenure.verifier.tree.Proofs;
import io.tenure.verifier.tree.Tile;
import io.tenure.verifier.tree.TileReader;
import io.tenure.verifier.tree.TreeAppender;
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
import java.util.UUID;

/**
 * Appends events to the log. A batch is one transaction under one lock that all replicas share: events that are already
 * logged are skipped, the others get the next indexes without a gap, the tree grows by them, and the new head is signed
 * only after it is proven consistent with the last signed one. The note is published after the commit, so the log never
 * publishes a head that it might have to take back.
 */
@ApplicationScoped
public class Sequencer {

    private static final int LOCK_CLASS = 0x7E0A;

    /** With a timeout, so that a hanging process does not block all replicas. */
    private static final String LOCK = "SELECT set_config('idle_in_transaction_session_timeout', '30s', true),"
            + " pg_advisory_xact_lock(" + LOCK_CLASS + ", 0)";

    private static final String KNOWN = "SELECT event_id, leaf_hash FROM leaf WHERE event_id = ANY($1)";

    /**
     * The result of a batch.
     *
     * @param size entries in the log afterwards
     * @param added the entries that were appended, in the order of their indexes, which end at {@code size}
     * @param conflicting entries with the id of a logged event but other bytes; not appended
     */
    public record Outcome(long size, List<LogEntry> added, List<LogEntry> conflicting) {}

    /** Read under the lock: the edge of the tree, and the leaf hashes of those events that are already logged. */
    private record Found(Edge edge, Map<UUID, byte[]> known) {}

    /** A head and its signed note. */
    private record Signed(Checkpoint checkpoint, String note) {}

    private record Sorted(List<LogEntry> fresh, List<LogEntry> conflicting) {}

    private final Pool pool;
    private final TreeStore store;
    private final LogKey key;
    private final Clock clock;

    /**
     * The last head that this replica signed. Its signature need not be checked again while no other replica has
     * appended.
     */
    private volatile Signed last;

    Sequencer(Pool pool, TreeStore store, LogKey key, Clock clock) {
        this.pool = pool;
        this.store = store;
        this.key = key;
        this.clock = clock;
    }

    /**
     * Appends the entries that the log does not have yet.
     *
     * @return the outcome, once it is durable; fails with {@link VerificationException} and changes nothing if the
     *     database's content is not what was signed
     */
    public Uni<Outcome> append(List<LogEntry> entries) {
        return pool.withTransaction(connection -> underLock(connection, entries)
                        // Hashing and encoding thousands of entries is not for the event loop.
                        .emitOn(Infrastructure.getDefaultWorkerPool())
                        .chain(found -> {
                            Sorted sorted = sort(entries, found.known);
                            Uni<Long> size = sorted.fresh.isEmpty()
                                    ? Uni.createFrom().item(found.edge.head().size())
                                    : extend(connection, found.edge, sorted.fresh);
                            return size.map(reached -> new Outcome(reached, sorted.fresh, sorted.conflicting));
                        }))
                .onFailure(CompositeException.class)
                .transform(Sequencer::first);
    }

    /** The first failure is the cause: later statements fail because of it. */
    private static Throwable first(Throwable failure) {
        return failure instanceof CompositeException ? first(failure.getCause()) : failure;
    }

    /**
     * Sends all statements at once; the server runs them in order. The lock is a statement of its own, so that the
     * following ones see what its last holder committed.
     */
    private Uni<Found> underLock(SqlConnection connection, List<LogEntry> entries) {
        return Uni.combine()
                .all()
                .unis(connection.query(LOCK).execute(), store.edge(connection), known(connection, entries))
                .collectFailures()
                .with((locked, edge, known) -> new Found(edge, known));
    }

    private static Uni<Map<UUID, byte[]>> known(SqlConnection connection, List<LogEntry> entries) {
        UUID[] ids = entries.stream().map(LogEntry::eventId).distinct().toArray(UUID[]::new);
        return connection.preparedQuery(KNOWN).execute(Tuple.of((Object) ids)).map(rows -> {
            Map<UUID, byte[]> known = HashMap.newHashMap(entries.size());
            for (Row row : rows) {
                known.put(row.getUUID(0), TreeStore.bytes(row, 1));
            }
            return known;
        });
    }

    private static Sorted sort(List<LogEntry> entries, Map<UUID, byte[]> known) {
        Sorted sorted = new Sorted(new ArrayList<>(entries.size()), new ArrayList<>());
        for (LogEntry entry : entries) {
            byte[] logged = known.putIfAbsent(entry.eventId(), entry.leafHash());
            if (logged == null) {
                sorted.fresh.add(entry);
            } else if (!MessageDigest.isEqual(logged, entry.leafHash())) {
                sorted.conflicting.add(entry);
            }
        }
        return sorted;
    }

    /**
     * Grows the tree while the database inserts the leaves. If either fails, the transaction is rolled back, but only
     * after both have ended, because no statement may reach the connection after the transaction.
     */
    private Uni<Long> extend(SqlConnection connection, Edge edge, List<LogEntry> fresh) {
        Checkpoint signed = opened(edge.head().note());
        OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
        return Uni.combine()
                .all()
                .unis(
                        store.insertLeaves(connection, signed.size(), fresh, now),
                        Uni.createFrom().deferred(() -> grow(connection, signed, edge.tiles(), fresh, now)))
                .collectFailures()
                .with((inserted, size) -> size);
    }

    private Checkpoint opened(String note) {
        Signed known = last;
        return known != null && known.note.equals(note) ? known.checkpoint : Checkpoint.open(note, key.verifier());
    }

    private Uni<Long> grow(
            SqlConnection connection, Checkpoint signed, TileReader edge, List<LogEntry> fresh, OffsetDateTime now) {
        TreeAppender tree = new TreeAppender(signed.size(), edge);
        fresh.forEach(entry -> tree.append(entry.leafHash()));
        List<TreeAppender.Growth> growths = tree.drain();
        Checkpoint next = new Checkpoint(key.origin(), tree.size(), tree.root());
        requireConsistent(signed, next, grown(edge, growths));
        String note = key.sign(next);
        last = new Signed(next, note);
        return Uni.combine()
                .all()
                .unis(store.insertTiles(connection, growths), store.insertCheckpoint(connection, next, note, now))
                .collectFailures()
                .with((tiles, checkpoint) -> next.size());
    }

    /** A log that signs two inconsistent heads is worthless. */
    private static void requireConsistent(Checkpoint signed, Checkpoint next, TileReader tiles) {
        List<byte[]> proof = Proofs.consistency(signed.size(), next.size(), tiles);
        if (!Merkle.consistent(signed.size(), next.size(), signed.root(), next.root(), proof)) {
            throw new VerificationException("the stored tiles do not lead to the head that was signed for "
                    + signed.size() + " entries; nothing is appended until somebody has investigated this");
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

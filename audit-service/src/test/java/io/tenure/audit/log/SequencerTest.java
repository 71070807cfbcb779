package io.tenure.audit.log;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.smallrye.mutiny.Uni;
import io.tenure.audit.AuditTest;
import io.tenure.audit.LogTable;
import io.tenure.audit.Sample;
import io.tenure.kit.Ids;
import io.tenure.local.testing.TestInfra;
import io.tenure.verifier.VerificationException;
import io.tenure.verifier.note.Checkpoint;
import io.tenure.verifier.note.NoteKeys;
import io.tenure.verifier.tree.Merkle;
import io.tenure.verifier.tree.Proofs;
import io.tenure.verifier.tree.Tile;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgException;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@AuditTest
class SequencerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final UUID tenant = Ids.next();

    @Inject
    Sequencer sequencer;

    @Inject
    TreeStore store;

    @Inject
    LogKey key;

    @Inject
    LogTable log;

    @Inject
    Pool pool;

    @Inject
    Clock clock;

    @ConfigProperty(name = "tenure.db.owner-password")
    String ownerPassword;

    TestInfra infra;

    @BeforeEach
    void theConsumerHasNothingLeftToDo() {
        await().until(() -> log.count("SELECT count(*) FROM leaf WHERE type = 'io.tenure.audit.LogOpened'") == 1);
    }

    @Test
    void batchesOfAnySizeMakeTheTreeOfAllEntries() {
        Random random = new Random(7);
        for (int size : new int[] {1, 255, 1, 256, 257, 700, 1, 500, 1501, 30}) {
            append(Sample.several(size, tenant));
            append(Sample.several(1 + random.nextInt(40), tenant));
        }
        assertTheLogIsSound();
    }

    @Test
    void sequencersAtTheSameTimeLogEveryEventOnceWithoutAGap() {
        List<Sample> samples = Sample.several(800, tenant);
        Random random = new Random(11);
        List<Uni<Sequencer.Outcome>> batches = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            // Every replica has its own; they share only the database.
            Sequencer replica = new Sequencer(pool, store, key, clock);
            List<Sample> shuffled = new ArrayList<>(samples);
            Collections.shuffle(shuffled, random);
            batches.add(replica.append(entries(shuffled.subList(0, 120))));
        }
        batches.add(sequencer.append(entries(samples)));
        List<Sequencer.Outcome> outcomes = Uni.join()
                .all(batches)
                .usingConcurrencyOf(8)
                .andFailFast()
                .await()
                .atMost(PATIENCE);

        assertEquals(800, outcomes.stream().mapToLong(o -> o.added().size()).sum());
        assertTrue(outcomes.stream().allMatch(outcome -> outcome.conflicting().isEmpty()));
        assertEquals(800, log.logged(samples.stream().map(Sample::id).toList()));
        assertTheLogIsSound();
    }

    @Test
    void aReplicaGoesOnFromWhatAnotherSigned() {
        Sequencer one = new Sequencer(pool, store, key, clock);
        Sequencer other = new Sequencer(pool, store, key, clock);
        for (Sequencer replica : List.of(one, one, other, one, other, other)) {
            List<LogEntry> entries = entries(Sample.several(3, tenant));
            assertEquals(
                    entries, replica.append(entries).await().atMost(PATIENCE).added());
        }
        assertTheLogIsSound();
    }

    @Test
    void anEventTwiceInABatchIsLoggedOnceAndAForgedOneIsNot() {
        Sample first = Sample.of(tenant);
        Sample second = Sample.of(tenant);
        Sample forged = new Sample(first.id(), tenant, null, second.bytes());
        Sequencer.Outcome outcome = append(List.of(first, second, first, forged));
        assertEquals(List.of(first.id(), second.id()), ids(outcome.added()));
        assertEquals(List.of(first.id()), ids(outcome.conflicting()));
        assertEquals(List.of(), append(List.of(second, first)).added());
    }

    @Test
    void aCrashBeforeTheSignatureLeavesNothingBehind() {
        Sequencer crashing = new Sequencer(
                pool,
                store,
                new LogKey(NoteKeys.generate(key.origin())) {
                    @Override
                    public io.tenure.verifier.note.NoteVerifier verifier() {
                        return key.verifier();
                    }

                    @Override
                    String sign(Checkpoint checkpoint) {
                        throw new IllegalStateException("the process ends here");
                    }
                },
                clock);
        List<Sample> samples = Sample.several(300, tenant);
        long size = log.size();
        long rows = rows();
        Uni<Sequencer.Outcome> attempt = crashing.append(entries(samples));
        assertThrows(IllegalStateException.class, () -> attempt.await().atMost(PATIENCE));

        assertEquals(size, log.size());
        assertEquals(0, log.logged(samples.stream().map(Sample::id).toList()));
        assertEquals(rows, rows());
        append(samples);
        assertTheLogIsSound();
    }

    @Test
    void aStatementThatFailsTakesTheWholeBatchBackAndIsNamed() {
        List<LogEntry> entries = new ArrayList<>(entries(Sample.several(1300, tenant)));
        List<LogEntry> good = List.copyOf(entries);
        // Violates the table's limit, in the second of three statements.
        LogEntry large = new Sample(Ids.next(), tenant, null, new byte[65_536]).entry();
        entries.add(700, large);
        long size = log.size();
        long rows = rows();
        Uni<Sequencer.Outcome> attempt = sequencer.append(entries);
        PgException refused =
                assertThrows(PgException.class, () -> attempt.await().atMost(PATIENCE));

        assertEquals("23514", refused.getSqlState());
        assertEquals(size, log.size());
        assertEquals(rows, rows());
        assertEquals(good, sequencer.append(good).await().atMost(PATIENCE).added());
        assertTheLogIsSound();
    }

    @Test
    void anEmptyBatchChangesNothing() {
        long size = log.size();
        long rows = rows();
        assertEquals(new Sequencer.Outcome(size, List.of(), List.of()), append(List.of()));
        assertEquals(rows, rows());
    }

    @Test
    void aKeyThatDidNotOpenTheLogCannotContinueIt() {
        Sequencer foreign = new Sequencer(pool, store, new LogKey(NoteKeys.generate(key.origin())), clock);
        long size = log.size();
        Uni<Sequencer.Outcome> attempt = foreign.append(entries(Sample.several(1, tenant)));
        assertThrows(VerificationException.class, () -> attempt.await().atMost(PATIENCE));
        assertEquals(size, log.size());
    }

    @Test
    void nothingIsSignedOverTilesThatWereChangedUnderTheTriggers() throws Exception {
        // With a full tile at level 0 there would be no partial tile to change.
        append(Sample.several((int) (256 - log.size() % 256) + 5, tenant));
        long size = log.size();
        long edge = size / 256;
        try (Connection owner = infra.postgres().connect("audit_owner", ownerPassword, "audit");
                Statement statement = owner.createStatement()) {
            String flip = "UPDATE tile_part SET hashes = set_bit(hashes, 5, 1 - get_bit(hashes, 5))"
                    + " WHERE level = 0 AND first = 0 AND index = " + edge;
            statement.execute("ALTER TABLE tile_part DISABLE TRIGGER append_only");
            try {
                assertEquals(1, statement.executeUpdate(flip));
                Uni<Sequencer.Outcome> attempt = sequencer.append(entries(Sample.several(1, tenant)));
                VerificationException refused = assertThrows(
                        VerificationException.class, () -> attempt.await().atMost(PATIENCE));
                assertTrue(refused.getMessage().contains("do not lead to the head that was signed"));
                assertEquals(size, log.size());
            } finally {
                statement.executeUpdate(flip);
                statement.execute("ALTER TABLE tile_part ENABLE TRIGGER append_only");
            }
        }
        append(Sample.several(1, tenant));
        assertTheLogIsSound();
    }

    private long rows() {
        return log.count("SELECT (SELECT count(*) FROM leaf) + (SELECT count(*) FROM tile)"
                + " + (SELECT count(*) FROM tile_part) + (SELECT count(*) FROM checkpoint)");
    }

    private Sequencer.Outcome append(List<Sample> samples) {
        return sequencer.append(entries(samples)).await().atMost(PATIENCE);
    }

    private static List<LogEntry> entries(List<Sample> samples) {
        return samples.stream().map(Sample::entry).toList();
    }

    private static List<UUID> ids(List<LogEntry> entries) {
        return entries.stream().map(LogEntry::eventId).toList();
    }

    /**
     * Entries without a gap; every head that was ever signed is the root of exactly the first entries, so any two are
     * consistent; every tile follows from the entries.
     */
    private void assertTheLogIsSound() {
        List<byte[]> entries = log.entries();
        List<byte[]> roots = LogTable.roots(entries);
        int heads = 0;
        for (var row : log.query("SELECT size, note FROM checkpoint ORDER BY size")) {
            Checkpoint head = Checkpoint.open(row.getString(1), key.verifier());
            assertEquals(row.getLong(0), head.size());
            assertArrayEquals(roots.get((int) head.size()), head.root());
            heads++;
        }
        assertTrue(heads > 1);
        long size = log.size();
        assertEquals(entries.size(), size);
        for (int level = 0; Tile.hashesAt(size, level) > 0; level++) {
            for (long index = 0; index * 256 < Tile.hashesAt(size, level); index++) {
                assertTile(Tile.within(size, level, index), entries);
            }
        }
        byte[] root = Proofs.root(size, tile -> read(tile));
        assertArrayEquals(roots.getLast(), root);
        assertEquals(size / 256, log.count("SELECT count(*) FROM tile WHERE level = 0"));
    }

    private void assertTile(Tile tile, List<byte[]> entries) {
        byte[] stored = read(tile);
        assertNotNull(stored, tile.path());
        int span = 1 << (8 * tile.level());
        for (int i = 0; i < tile.width(); i++) {
            int first = (int) (tile.index() * 256 + i) * span;
            byte[] expected =
                    LogTable.roots(entries.subList(first, first + span)).getLast();
            assertArrayEquals(
                    expected,
                    Arrays.copyOfRange(stored, i * Merkle.HASH_LENGTH, (i + 1) * Merkle.HASH_LENGTH),
                    tile.path());
        }
    }

    private byte[] read(Tile tile) {
        return store.tiles(List.of(tile)).await().atMost(PATIENCE).read(tile);
    }
}

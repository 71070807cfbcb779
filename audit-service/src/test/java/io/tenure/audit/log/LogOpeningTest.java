package io.tenure.audit.log;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.runtime.StartupEvent;
import io.tenure.audit.AuditTest;
import io.tenure.audit.LogKeyTestResource;
import io.tenure.audit.LogTable;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.outbox.Outbox;
import io.tenure.verifier.note.Checkpoint;
import io.tenure.verifier.note.NoteKeys;
import io.tenure.verifier.note.NoteSigner;
import io.tenure.verifier.tree.Merkle;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@AuditTest
class LogOpeningTest {

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    Outbox outbox;

    @Inject
    LogKey key;

    @Inject
    Clock clock;

    @Inject
    LogTable log;

    @TempDir
    Path dir;

    @Test
    void theLogBeginsWithTheSignedEmptyTree() {
        String note = log.query("SELECT note FROM checkpoint WHERE size = 0")
                .iterator()
                .next()
                .getString(0);
        assertArrayEquals(
                Merkle.emptyRoot(), Checkpoint.open(note, key.verifier()).root());
        assertEquals(LogKeyTestResource.ORIGIN, key.origin());
    }

    @Test
    void aFurtherReplicaContinuesTheLog() throws Throwable {
        await().until(() -> log.count("SELECT count(*) FROM leaf WHERE type = 'io.tenure.audit.LogOpened'") == 1);
        new LogOpening(unitOfWork, outbox, key, clock).open(new StartupEvent());
        assertEquals(0, log.count("SELECT count(*) FROM outbox WHERE type = 'io.tenure.audit.LogOpened'"));
        assertEquals(1, log.count("SELECT count(*) FROM log"));
    }

    @Test
    void anotherKeyDoesNotStart() {
        LogOpening foreign = new LogOpening(unitOfWork, outbox, new LogKey(NoteKeys.generate(key.origin())), clock);
        IllegalStateException refused =
                assertThrows(IllegalStateException.class, () -> foreign.open(new StartupEvent()));
        assertTrue(refused.getMessage().contains(key.verifier().vkey()));
        assertTrue(refused.getMessage().contains("tenure.log.signing-key-file"));
    }

    @Test
    void aKeyFileThatCannotServeIsRefusedWithoutBeingShown() throws IOException {
        NoteSigner other = NoteKeys.generate("other.example");
        Path file = Files.writeString(dir.resolve("other.key"), other.privateKeyLine());
        IllegalStateException misnamed =
                assertThrows(IllegalStateException.class, () -> new LogKey(file, "log.example"));
        assertTrue(misnamed.getMessage().contains("tenure.log.origin"));
        assertFalse(misnamed.getMessage().contains("PRIVATE"));
        assertThrows(UncheckedIOException.class, () -> new LogKey(dir.resolve("absent"), "other.example"));
        Path broken = Files.writeString(
                dir.resolve("broken.key"), other.privateKeyLine().replace("other", "another"));
        assertThrows(IllegalArgumentException.class, () -> new LogKey(broken, "another.example"));
    }
}

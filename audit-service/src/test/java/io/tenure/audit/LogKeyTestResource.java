package io.tenure.audit;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.tenure.verifier.note.NoteKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A fresh signing key for the log of one test run. */
public class LogKeyTestResource implements QuarkusTestResourceLifecycleManager {

    public static final String ORIGIN = "log.test/tenure";

    @Override
    public Map<String, String> start() {
        try {
            Path file = Files.createTempFile("tenure-log", ".key");
            file.toFile().deleteOnExit();
            Files.writeString(file, NoteKeys.generate(ORIGIN).privateKeyLine() + "\n");
            return Map.of("tenure.log.signing-key-file", file.toString(), "tenure.log.origin", ORIGIN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {}
}

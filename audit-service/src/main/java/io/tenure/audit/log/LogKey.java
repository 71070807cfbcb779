package io.tenure.audit.log;

import io.tenure.verifier.note.Checkpoint;
import io.tenure.verifier.note.NoteSigner;
import io.tenure.verifier.note.NoteVerifier;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The key that signs the log's checkpoints, read once from {@code tenure.log.signing-key-file}. */
@Singleton
public class LogKey {

    private final NoteSigner signer;

    @Inject
    LogKey(
            @ConfigProperty(name = "tenure.log.signing-key-file") Path file,
            @ConfigProperty(name = "tenure.log.origin") String origin) {
        this(read(file));
        if (!origin().equals(origin)) {
            throw new IllegalStateException("tenure.log.origin is not the name of the key in "
                    + "tenure.log.signing-key-file; a log's key carries the log's name");
        }
    }

    LogKey(NoteSigner signer) {
        this.signer = signer;
    }

    private static NoteSigner read(Path file) {
        try {
            return NoteSigner.parse(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException("tenure.log.signing-key-file cannot be read", e);
        }
    }

    /** The log's name in its checkpoints. */
    public String origin() {
        return signer.verifier().name();
    }

    /** The public half. */
    public NoteVerifier verifier() {
        return signer.verifier();
    }

    /** Signs a tree head. @return the note to publish */
    String sign(Checkpoint checkpoint) {
        return checkpoint.sign(signer);
    }
}

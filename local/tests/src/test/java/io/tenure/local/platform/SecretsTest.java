package io.tenure.local.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tenure.local.server.WorkingCopy;
import io.tenure.verifier.certificate.CertificatePublicKey;
import io.tenure.verifier.note.NoteVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {

    @TempDir
    private Path state;

    private Secrets secrets() {
        return new Secrets(Layout.at(new WorkingCopy(state), state));
    }

    @Test
    void staysTheSameFromOneStartToTheNext() {
        var first = secrets().password("db-audit");
        assertEquals(first, secrets().password("db-audit"));
        assertNotEquals(first, secrets().password("db-audit-owner"));
        assertEquals(secrets().logVkey(), secrets().logVkey());
    }

    @Test
    void makesKeysThatTheServicesCanUse() throws IOException {
        assertEquals(32, Base64.getDecoder().decode(Files.readString(secrets().masterKey("audit"))).length);
        assertEquals(Secrets.LOG_ORIGIN, NoteVerifier.parse(secrets().logVkey()).name());
        assertEquals(
                1, CertificatePublicKey.fromJwks(secrets().certificateJwks()).size());
    }

    @Test
    void onlyTheOwnerReadsThem() throws IOException {
        secrets().password("one");
        secrets().masterKey("audit");
        secrets().logKey();
        secrets().certificateKey();
        try (var files = Files.list(state.resolve("secrets"))) {
            var all = files.toList();
            assertEquals(4, all.size());
            for (var file : all) {
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            }
        }
        assertTrue(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.resolve("secrets")))
                .equals("rwx------"));
    }
}

package io.tenure.local.compose;

import io.tenure.local.platform.PlatformException;
import io.tenure.verifier.certificate.CertificateKey;
import io.tenure.verifier.certificate.CertificatePublicKey;
import io.tenure.verifier.note.NoteSigner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What {@code deploy/containers/make-secrets} has made: passwords in a file, keys beside it. */
final class EnvFile {

    private final Path dir;
    private final Map<String, String> values;

    private EnvFile(Path dir, Map<String, String> values) {
        this.dir = dir;
        this.values = values;
    }

    /** Reads it. */
    static EnvFile in(Path dir) {
        var file = dir.resolve("env");
        if (!Files.exists(file)) {
            throw new PlatformException(
                    file + " is not there. Run deploy/containers/make-secrets and start the containers with it");
        }
        var values = new HashMap<String, String>();
        read(file).lines().filter(line -> line.contains("=")).forEach(line -> {
            var at = line.indexOf('=');
            values.put(line.substring(0, at), line.substring(at + 1));
        });
        return new EnvFile(dir, values);
    }

    /** A value, which must be there. */
    String get(String name) {
        var value = values.get(name);
        if (value == null) {
            throw new PlatformException(
                    dir.resolve("env") + " has no " + name + ". Run deploy/containers/make-secrets, which adds it");
        }
        return value;
    }

    /** The audit log's public key, a vkey line. */
    String logVkey() {
        return NoteSigner.parse(read(dir.resolve("log-signing.key")).strip())
                .verifier()
                .vkey();
    }

    /** The public half of the certificate key, a JWK set. */
    String certificateJwks() {
        return CertificatePublicKey.jwks(List.of(CertificateKey.fromPem(read(dir.resolve("certificate-signing.pem")))
                .publicKey()));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.tenure.local.platform;

import io.tenure.verifier.certificate.CertificateKey;
import io.tenure.verifier.certificate.CertificatePublicKey;
import io.tenure.verifier.note.NoteKeys;
import io.tenure.verifier.note.NoteSigner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;

/**
 * Passwords and keys of a platform, each a file that only its owner reads, made when first asked for. Their values never
 * reach a command line or a log.
 */
public final class Secrets {

    /** The audit log's name, and that of its key. */
    public static final String LOG_ORIGIN = "tenure.local/audit";

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path dir;

    /** The secrets of a platform. */
    public Secrets(Layout layout) {
        this.dir = layout.secrets();
    }

    /** A password or client secret of 160 random bits, always the same for a name. */
    public String password(String name) {
        return read(file(name, () -> HexFormat.of().formatHex(random(20))));
    }

    /** The file with a service's master key: 32 random bytes in base64. */
    public Path masterKey(String service) {
        return file("master-key-" + service, () -> Base64.getEncoder().encodeToString(random(32)));
    }

    /** The file with the key that signs deletion certificates: PKCS#8 in PEM. */
    public Path certificateKey() {
        return file("certificate-signing.pem", () -> CertificateKey.generate().toPem());
    }

    /** The file with the audit log's private key: a signed-note key line. */
    public Path logKey() {
        return file("log-signing.key", () -> NoteKeys.generate(LOG_ORIGIN).privateKeyLine());
    }

    /** The audit log's public key, a vkey line. */
    public String logVkey() {
        return NoteSigner.parse(read(logKey())).verifier().vkey();
    }

    /** The public half of the certificate key, a JWK set. */
    public String certificateJwks() {
        return CertificatePublicKey.jwks(
                List.of(CertificateKey.fromPem(read(certificateKey())).publicKey()));
    }

    private synchronized Path file(String name, Supplier<String> fresh) {
        var file = dir.resolve(name);
        if (Files.exists(file)) {
            return file;
        }
        try {
            Files.createDirectories(
                    dir, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            var whole = Files.createTempFile(
                    dir,
                    name,
                    ".new",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(whole, fresh.get());
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] random(int count) {
        var bytes = new byte[count];
        RANDOM.nextBytes(bytes);
        return bytes;
    }
}

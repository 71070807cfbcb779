package io.tenure.lifecycle.certificate;

import io.quarkus.runtime.Startup;
import io.tenure.verifier.certificate.Certificate;
import io.tenure.verifier.certificate.CertificateKey;
import io.tenure.verifier.certificate.CertificatePublicKey;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Holds the Ed25519 key of {@code tenure.certificate.signing-key-file} and signs certificates with it. */
@ApplicationScoped
@Startup
class CertificateSigner {

    private final CertificateKey key;

    /** @throws IllegalStateException if the file is no such key; the service does not start without one */
    CertificateSigner(@ConfigProperty(name = "tenure.certificate.signing-key-file") Path file) {
        try {
            this.key = CertificateKey.fromPem(Files.readString(file));
        } catch (IOException | IllegalArgumentException unusable) {
            // The cause may quote the key.
            throw new IllegalStateException(
                    "tenure.certificate.signing-key-file must name a readable Ed25519 private key in PKCS#8 PEM: "
                            + file);
        }
    }

    /** A flattened JWS (RFC 7515) of the payload. */
    String sign(byte[] payload) {
        return Certificate.sign(payload, key);
    }

    CertificatePublicKey publicKey() {
        return key.publicKey();
    }
}

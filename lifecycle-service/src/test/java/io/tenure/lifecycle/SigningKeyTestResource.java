package io.tenure.lifecycle;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.tenure.verifier.certificate.CertificateKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Makes the key that certificates are signed with. */
public class SigningKeyTestResource implements QuarkusTestResourceLifecycleManager {

    @Override
    public Map<String, String> start() {
        try {
            Path file = Files.createTempFile("tenure-test", ".pem");
            file.toFile().deleteOnExit();
            Files.writeString(file, CertificateKey.generate().toPem());
            return Map.of("tenure.certificate.signing-key-file", file.toString());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void stop() {}
}

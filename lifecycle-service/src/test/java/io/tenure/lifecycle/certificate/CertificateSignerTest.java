package io.tenure.lifecycle.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenure.verifier.certificate.Certificate;
import io.tenure.verifier.certificate.CertificateKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateSignerTest {

    @TempDir
    Path dir;

    @Test
    void signsWithTheKeyOfTheFile() throws IOException {
        CertificateKey key = CertificateKey.generate();
        CertificateSigner signer = new CertificateSigner(Files.writeString(dir.resolve("key.pem"), key.toPem()));
        byte[] payload = ("{\"events\":[{\"id\":\"1\",\"sha256\":\"" + "0".repeat(64) + "\"}]}")
                .getBytes(StandardCharsets.UTF_8);

        assertThat(Certificate.open(signer.sign(payload), List.of(key.publicKey()))
                        .payload())
                .isEqualTo(payload);
    }

    @Test
    void theServiceDoesNotStartWithoutAKey() {
        assertThatThrownBy(() -> new CertificateSigner(dir.resolve("absent.pem")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("tenure.certificate.signing-key-file")
                .hasMessageContaining("absent.pem");
    }

    @Test
    void aWrongFileIsRefusedWithoutQuotingIt() throws IOException {
        Path file = Files.writeString(dir.resolve("key.pem"), "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n");
        assertThatThrownBy(() -> new CertificateSigner(file))
                .isInstanceOf(IllegalStateException.class)
                .hasNoCause()
                .hasMessageNotContaining("c2VjcmV0");
    }
}

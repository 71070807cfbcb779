package io.tenure.systemtests.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenure.local.platform.Http;
import io.tenure.systemtests.harness.Waiting;
import io.tenure.systemtests.story.Story;
import io.tenure.verifier.certificate.Certificate;
import io.tenure.verifier.certificate.CertificatePublicKey;
import io.tenure.verifier.offline.EvidenceBundle;
import io.tenure.verifier.offline.OfflineVerifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * A deletion certificate with a proof for each event that it names, as an auditor collects them.
 *
 * @param certificate flattened JWS JSON
 * @param bundle certificate, keys, events and proofs in one file
 * @param vkey the log's public key, from the keys' owner and not from the API
 * @param jwks the certificate keys, likewise
 */
public record Evidenced(String certificate, String bundle, String vkey, String jwks) {

    /** Fetches everything over REST as the auditor. */
    public static Evidenced collect(Story story) {
        var system = story.system();
        var auditor = new String[] {"Authorization", "Bearer " + system.tokens().user("auditor")};
        var certificate =
                system.get("lifecycle", "/v1/terminations/" + story.terminationId() + "/certificate", auditor);
        assertThat(certificate.status()).as(certificate.body()).isEqualTo(200);
        assertThat(certificate.header("Content-Type")).startsWith("application/jose+json");

        var secrets = system.platform().secrets();
        var keys = CertificatePublicKey.fromJwks(secrets.certificateJwks());
        var published = system.get("lifecycle", "/v1/certificate-keys");
        assertThat(CertificatePublicKey.fromJwks(published.body()))
                .as("the published keys are the real ones")
                .containsAll(keys);
        var vkey = system.get("audit", "/log/vkey");
        assertThat(vkey.body().strip())
                .as("the published log key is the real one")
                .isEqualTo(secrets.logVkey());

        List<EvidenceBundle.Proven> proven = new ArrayList<>();
        for (var named : Certificate.open(certificate.body(), keys).events()) {
            var answer = new Http.Answer[1];
            Waiting.until(story.label() + ": event " + named.id() + " is sequenced", () -> {
                answer[0] = system.get("audit", "/v1/events/" + named.id() + "/proof", auditor);
                return answer[0].status() != 409;
            });
            assertThat(answer[0].status()).as(answer[0].body()).isEqualTo(200);
            var json = answer[0].json();
            var single = OfflineVerifier.document(
                    answer[0].body().getBytes(StandardCharsets.UTF_8),
                    Optional.of(secrets.logVkey()),
                    Optional.empty());
            assertThat(single.ok()).as("%s", single.findings()).isTrue();
            proven.add(new EvidenceBundle.Proven(
                    Base64.getDecoder().decode(json.get("event").asText()),
                    json.get("proof").asText()));
        }
        var bundle = EvidenceBundle.bundle(certificate.body(), keys, secrets.logVkey(), proven);
        return new Evidenced(certificate.body(), bundle, secrets.logVkey(), secrets.certificateJwks());
    }

    /** Verifies it without any server. */
    public OfflineVerifier.Report verify() {
        return verify(bundle);
    }

    /** Verifies some other file with the same keys. */
    public OfflineVerifier.Report verify(String file) {
        return OfflineVerifier.document(file.getBytes(StandardCharsets.UTF_8), Optional.of(vkey), Optional.of(jwks));
    }
}

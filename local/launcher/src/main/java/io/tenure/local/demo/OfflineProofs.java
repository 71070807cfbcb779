package io.tenure.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.tenure.local.platform.Http;
import io.tenure.verifier.certificate.CertificatePublicKey;
import io.tenure.verifier.offline.EvidenceBundle;
import io.tenure.verifier.offline.OfflineVerifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The auditor takes the certificate and the proofs of every event of the termination along, and verifies them without any
 * service, with keys that were there before the tenant was.
 */
final class OfflineProofs implements Stage {

    @Override
    public String name() {
        return "certificate and proofs verified offline";
    }

    @Override
    public String run(Story story) throws Exception {
        var vkey = story.deployment.logVkey();
        var keys = story.deployment.certificateJwks();
        var served = Story.expect(200, Http.get(story.at("audit", "/log/vkey")), "GET /log/vkey");
        CheckFailed.unlessEqual(vkey, served.body().strip(), "the log's public key");
        var events = story.events.all(e -> e.correlationId().equals(story.terminationId));
        var proven = new ArrayList<EvidenceBundle.Proven>();
        for (var event : events) {
            proven.add(proof(story, event));
        }
        var bundle = story.evidence.resolve("evidence-bundle.json");
        Files.writeString(
                bundle,
                EvidenceBundle.bundle(
                        Files.readString(story.certificate), CertificatePublicKey.fromJwks(keys), vkey, proven));
        var report = OfflineVerifier.file(bundle, Optional.of(vkey), Optional.of(keys));
        CheckFailed.unless(report.ok(), "the bundle does not hold: " + failures(report));
        var certificate = OfflineVerifier.file(story.certificate, Optional.of(vkey), Optional.of(keys));
        CheckFailed.unless(certificate.ok(), "the certificate does not hold: " + failures(certificate));
        forge(bundle, vkey, keys);
        return report.findings().size() + " findings hold over " + proven.size()
                + " proven events; the same with one changed byte is refused";
    }

    private static EvidenceBundle.Proven proof(Story story, EventWatch.Seen event) throws InterruptedException {
        var path = "/v1/events/" + event.id() + "/proof";
        JsonNode proof = Waiting.until("proof of " + event.fact(), Waiting.PATIENCE, () -> {
            var answer = Http.get(story.at("audit", path), "Authorization", "Bearer " + story.user("auditor"));
            return answer.status() == 409
                    ? Optional.empty()
                    : Optional.of(Story.expect(200, answer, "GET " + path).json());
        });
        var logged = Base64.getDecoder().decode(proof.path("event").asText());
        CheckFailed.unless(
                Arrays.equals(event.bytes(), logged), "the log holds other bytes of " + event.fact() + " than Kafka");
        return new EvidenceBundle.Proven(logged, proof.path("proof").asText());
    }

    /** A verifier that never refuses proves nothing. */
    private static void forge(Path bundle, String vkey, String keys) throws Exception {
        var text = Files.readString(bundle);
        var payload = text.indexOf("\"payload\":\"") + 60;
        var forged =
                text.substring(0, payload) + (text.charAt(payload) == 'A' ? 'B' : 'A') + text.substring(payload + 1);
        var report =
                OfflineVerifier.document(forged.getBytes(StandardCharsets.UTF_8), Optional.of(vkey), Optional.of(keys));
        CheckFailed.unless(!report.ok(), "a changed certificate is accepted");
    }

    private static List<String> failures(OfflineVerifier.Report report) {
        return report.findings().stream()
                .filter(f -> !f.ok())
                .map(f -> f.name() + ": " + f.detail())
                .toList();
    }
}

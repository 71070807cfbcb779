package io.tenure.verifier.offline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tenure.verifier.VerificationException;
import io.tenure.verifier.certificate.Certificate;
import io.tenure.verifier.certificate.CertificatePublicKey;
import io.tenure.verifier.encoding.Json;
import io.tenure.verifier.encoding.StrictBase64;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Writes and reads the evidence bundle: one JSON file with a certificate, the keys to check it with, and every event it
 * names with its proof. Nothing else is needed to verify it offline, though keys taken from the bundle itself prove
 * only that it was not changed since it was made: an auditor brings the keys along.
 */
public final class EvidenceBundle {

    /**
     * An event and the proof that it is in the log.
     *
     * @param bytes the event exactly as it was published
     * @param proof tlog-proof v1 text
     */
    public record Proven(byte[] bytes, String proof) {}

    /** What a bundle holds, read but not yet verified. */
    record Contents(JsonNode certificate, JsonNode certificateKeys, String vkey, List<Proven> events) {}

    private EvidenceBundle() {}

    /**
     * Writes a bundle.
     *
     * @param certificate flattened JWS JSON, as of {@link Certificate#sign}
     * @param keys the keys that certificates are signed with
     * @param vkey the log's public key line
     */
    public static String bundle(
            String certificate, Collection<CertificatePublicKey> keys, String vkey, List<Proven> events) {
        ObjectNode bundle = Json.object();
        bundle.set("certificate", Json.parse(certificate));
        bundle.set("certificateKeys", CertificatePublicKey.jwksNode(keys));
        bundle.putObject("log").put("vkey", vkey.strip());
        ArrayNode array = bundle.putArray("events");
        for (Proven event : events) {
            array.addObject()
                    .put("event", Base64.getEncoder().encodeToString(event.bytes))
                    .put("proof", event.proof);
        }
        return bundle.toString();
    }

    static Contents read(JsonNode bundle) {
        Json.requireFields(bundle, Set.of("certificate", "certificateKeys", "log", "events"), Set.of(), "the bundle");
        Json.requireFields(bundle.get("log"), Set.of("vkey"), Set.of(), "the bundle's log");
        if (!bundle.get("events").isArray()) {
            throw new VerificationException("the bundle's events are not a list");
        }
        List<Proven> events = new ArrayList<>();
        for (JsonNode event : bundle.get("events")) {
            Json.requireFields(event, Set.of("event", "proof"), Set.of(), "an event of the bundle");
            events.add(new Proven(
                    StrictBase64.decode(Json.text(event, "event"), "an event of the bundle"),
                    Json.text(event, "proof")));
        }
        return new Contents(
                bundle.get("certificate"), bundle.get("certificateKeys"), Json.text(bundle.get("log"), "vkey"), events);
    }

    /** The {@code id} of a CloudEvent, for findings and for matching the certificate's list. */
    static String idOf(byte[] event) {
        return Certificate.NamedEvent.requireId(Json.text(Json.parse(new String(event, StandardCharsets.UTF_8)), "id"));
    }
}

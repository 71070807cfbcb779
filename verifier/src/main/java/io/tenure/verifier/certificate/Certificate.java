package io.tenure.verifier.certificate;

import com.fasterxml.jackson.databind.JsonNode;
import io.tenure.verifier.VerificationException;
import io.tenure.verifier.encoding.Json;
import io.tenure.verifier.tree.Merkle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;

/**
 * A certificate of deletion: a signed JSON object which names, in {@code events}, the logged events it rests on.
 *
 * @param payload the signed bytes
 * @param events the events named, at least one
 */
public record Certificate(byte[] payload, List<NamedEvent> events) {

    /** The {@code typ} of a certificate's JWS header. */
    public static final String TYPE = "vnd.tenure.deletion-certificate+json";

    /**
     * An event as a certificate names it.
     *
     * @param id the event's CloudEvents id
     * @param sha256 SHA-256 of the event's exact bytes, 64 lower-case hexadecimal digits
     */
    public record NamedEvent(String id, String sha256) {

        /** Names an event by its bytes as they were published. */
        public static NamedEvent of(String id, byte[] bytes) {
            return new NamedEvent(id, sha256Hex(bytes));
        }

        /**
         * The id of an event, where it is one: ids are printed before anything is proven, so they may not steer a terminal.
         *
         * @throws VerificationException if it has other characters
         */
        public static String requireId(String id) {
            if (!id.matches("[A-Za-z0-9._:-]{1,128}")) {
                throw new VerificationException(
                        "an event's id has other characters than letters, digits, dots and dashes");
            }
            return id;
        }
    }

    public Certificate {
        events = List.copyOf(events);
    }

    /**
     * Signs a certificate.
     *
     * @param payload a JSON object in UTF-8 with a non-empty {@code events} array of {@code {"id","sha256"}}
     * @return flattened JWS JSON, {@code application/jose+json}
     * @throws VerificationException if the payload is not such an object
     */
    public static String sign(byte[] payload, CertificateKey key) {
        named(payload);
        return Jws.sign(TYPE, payload, key);
    }

    /**
     * Opens a certificate whose signature one of the keys verifies.
     *
     * @throws VerificationException if none does, or the payload is not a certificate's
     */
    public static Certificate open(String jws, Collection<CertificatePublicKey> keys) {
        return open(Json.parse(jws), keys);
    }

    /** The same, of a document that is read already. */
    public static Certificate open(JsonNode jws, Collection<CertificatePublicKey> keys) {
        byte[] payload = Jws.verify(jws, TYPE, keys);
        return new Certificate(payload, named(payload));
    }

    /** The hash of an event's bytes as certificates write it. */
    public static String sha256Hex(byte[] bytes) {
        return HexFormat.of().formatHex(Merkle.sha256().digest(bytes));
    }

    private static List<NamedEvent> named(byte[] payload) {
        JsonNode events =
                Json.parse(new String(payload, StandardCharsets.UTF_8)).get("events");
        if (events == null || !events.isArray() || events.isEmpty()) {
            throw new VerificationException("the certificate names no events");
        }
        List<NamedEvent> named = new ArrayList<>();
        for (JsonNode event : events) {
            String sha256 = Json.text(event, "sha256");
            if (!sha256.matches("[0-9a-f]{64}")) {
                throw new VerificationException("a hash in the certificate is not 64 lower-case hexadecimal digits");
            }
            named.add(new NamedEvent(NamedEvent.requireId(Json.text(event, "id")), sha256));
        }
        return named;
    }
}

package io.tenure.verifier.certificate;

import com.fasterxml.jackson.databind.JsonNode;
import io.tenure.verifier.VerificationException;
import io.tenure.verifier.encoding.Json;
import io.tenure.verifier.encoding.StrictBase64;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Set;

/**
 * A signed document as flattened JWS JSON (RFC 7515, 7.2.2): algorithm EdDSA over Ed25519 (RFC 8037), everything in the
 * protected header, {@code kid} the RFC 7638 thumbprint of the key. The payload's bytes are carried as they are, so
 * nobody has to agree on a canonical form of JSON.
 */
public final class Jws {

    static final String ALGORITHM = "EdDSA";

    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

    private Jws() {}

    /**
     * Signs a payload.
     *
     * @param type the {@code typ} of the header, a media type without {@code application/}; verified on reading
     * @return the JWS, {@code application/jose+json}
     */
    public static String sign(String type, byte[] payload, CertificateKey key) {
        String header = Json.object()
                .put("alg", ALGORITHM)
                .put("kid", key.kid())
                .put("typ", type)
                .toString();
        String encodedHeader = BASE64URL.encodeToString(header.getBytes(StandardCharsets.UTF_8));
        String encodedPayload = BASE64URL.encodeToString(payload);
        byte[] signature = key.sign(signingInput(encodedHeader, encodedPayload));
        return Json.object()
                .put("payload", encodedPayload)
                .put("protected", encodedHeader)
                .put("signature", BASE64URL.encodeToString(signature))
                .toString();
    }

    /**
     * The payload, once the signature has been verified with one of the keys.
     *
     * @param type the {@code typ} that the document must have
     * @throws VerificationException if it is malformed, of another type or algorithm, signed by none of the keys, or
     *     changed
     */
    public static byte[] verify(String jws, String type, Collection<CertificatePublicKey> keys) {
        return verify(Json.parse(jws), type, keys);
    }

    static byte[] verify(JsonNode jws, String type, Collection<CertificatePublicKey> keys) {
        Json.requireFields(jws, Set.of("payload", "protected", "signature"), Set.of(), "the certificate");
        String encodedHeader = Json.text(jws, "protected");
        String encodedPayload = Json.text(jws, "payload");
        byte[] payload = StrictBase64.decodeUrl(encodedPayload, "the certificate's payload");
        byte[] signature = StrictBase64.decodeUrl(Json.text(jws, "signature"), "the certificate's signature");
        JsonNode header = Json.parse(
                new String(StrictBase64.decodeUrl(encodedHeader, "the certificate's header"), StandardCharsets.UTF_8));
        Json.requireFields(header, Set.of("alg", "kid", "typ"), Set.of(), "the certificate's header");
        if (!Json.text(header, "alg").equals(ALGORITHM)) {
            throw new VerificationException("the certificate's algorithm is not " + ALGORITHM);
        }
        if (!Json.text(header, "typ").equals(type)) {
            throw new VerificationException("the document is not of type " + type);
        }
        String kid = Json.text(header, "kid");
        CertificatePublicKey key = keys.stream()
                .filter(candidate -> candidate.kid().equals(kid))
                .findFirst()
                .orElseThrow(() -> new VerificationException("the certificate was signed by none of the given keys"));
        if (!key.verifies(signingInput(encodedHeader, encodedPayload), signature)) {
            throw new VerificationException("the certificate's signature is wrong");
        }
        return payload;
    }

    private static byte[] signingInput(String header, String payload) {
        return (header + "." + payload).getBytes(StandardCharsets.US_ASCII);
    }
}

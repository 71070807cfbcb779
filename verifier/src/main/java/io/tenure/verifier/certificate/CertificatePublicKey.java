package io.tenure.verifier.certificate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tenure.verifier.VerificationException;
import io.tenure.verifier.encoding.Ed25519;
import io.tenure.verifier.encoding.Json;
import io.tenure.verifier.encoding.StrictBase64;
import io.tenure.verifier.tree.Merkle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** The public Ed25519 key that a certificate is checked with, as a JWK (RFC 8037). */
public final class CertificatePublicKey {

    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

    private final byte[] raw;
    private final String kid;

    public CertificatePublicKey(byte[] raw) {
        this.raw = raw;
        // RFC 7638: the required members, in lexicographic order, without white space
        String required = "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"" + BASE64URL.encodeToString(raw) + "\"}";
        this.kid = BASE64URL.encodeToString(Merkle.sha256().digest(required.getBytes(StandardCharsets.UTF_8)));
    }

    /** The RFC 7638 thumbprint (SHA-256, base64url). */
    public String kid() {
        return kid;
    }

    /** The key as a JWK. */
    public String jwk() {
        return node().toString();
    }

    /** Keys as a JWK set, the form in which a service publishes them. */
    public static String jwks(Collection<CertificatePublicKey> keys) {
        return jwksNode(keys).toString();
    }

    /** The keys as a JWK set. */
    public static ObjectNode jwksNode(Collection<CertificatePublicKey> keys) {
        ObjectNode set = Json.object();
        ArrayNode array = set.putArray("keys");
        keys.forEach(key -> array.add(key.node()));
        return set;
    }

    /**
     * Reads a JWK set. Every key in it must be an Ed25519 signature key whose {@code kid} is its thumbprint.
     *
     * @throws VerificationException if it is not
     */
    public static List<CertificatePublicKey> fromJwks(String jwks) {
        return fromJwks(Json.parse(jwks));
    }

    /** The same, of a document that is read already. */
    public static List<CertificatePublicKey> fromJwks(JsonNode jwks) {
        Json.requireFields(jwks, Set.of("keys"), Set.of(), "the certificate keys");
        if (!jwks.get("keys").isArray() || jwks.get("keys").isEmpty()) {
            throw new VerificationException("the certificate keys are not a JWK set");
        }
        List<CertificatePublicKey> keys = new ArrayList<>();
        jwks.get("keys").forEach(jwk -> keys.add(fromJwk(jwk)));
        return keys;
    }

    private static CertificatePublicKey fromJwk(JsonNode jwk) {
        Json.requireFields(jwk, Set.of("kty", "crv", "x", "kid"), Set.of("alg", "use"), "a certificate key");
        boolean fits = Json.text(jwk, "kty").equals("OKP")
                && Json.text(jwk, "crv").equals("Ed25519")
                && (!jwk.has("alg") || Json.text(jwk, "alg").equals(Jws.ALGORITHM))
                && (!jwk.has("use") || Json.text(jwk, "use").equals("sig"));
        byte[] raw = StrictBase64.decodeUrl(Json.text(jwk, "x"), "a certificate key");
        if (!fits || raw.length != Ed25519.KEY_LENGTH) {
            throw new VerificationException("a certificate key is not an Ed25519 signature key");
        }
        CertificatePublicKey key = new CertificatePublicKey(raw);
        if (!key.kid.equals(Json.text(jwk, "kid"))) {
            throw new VerificationException("a certificate key's kid is not its RFC 7638 thumbprint");
        }
        return key;
    }

    boolean verifies(byte[] message, byte[] signature) {
        return Ed25519.verify(raw, message, signature);
    }

    private ObjectNode node() {
        return Json.object()
                .put("kty", "OKP")
                .put("crv", "Ed25519")
                .put("x", BASE64URL.encodeToString(raw))
                .put("kid", kid)
                .put("alg", Jws.ALGORITHM)
                .put("use", "sig");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CertificatePublicKey key && kid.equals(key.kid);
    }

    @Override
    public int hashCode() {
        return kid.hashCode();
    }

    @Override
    public String toString() {
        return kid;
    }
}

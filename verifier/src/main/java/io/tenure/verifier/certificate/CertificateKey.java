package io.tenure.verifier.certificate;

import io.tenure.verifier.encoding.Ed25519;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The private Ed25519 key that signs certificates. Its id is the RFC 7638 thumbprint of the public half. Never log it;
 * {@link #toString()} is the id.
 */
public final class CertificateKey {

    private static final Pattern PEM =
            Pattern.compile("\\s*-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----\\s*");

    private final byte[] seed;
    private final CertificatePublicKey publicKey;

    private CertificateKey(byte[] seed) {
        this.seed = seed;
        this.publicKey = new CertificatePublicKey(Ed25519.publicKeyOf(seed));
    }

    public static CertificateKey generate() {
        return new CertificateKey(Ed25519.newSeed());
    }

    /**
     * Reads a PKCS#8 PEM file's text, as {@code openssl genpkey -algorithm ed25519} writes it.
     *
     * @throws IllegalArgumentException if it holds something else, without repeating any of it
     */
    public static CertificateKey fromPem(String pem) {
        Matcher matcher = PEM.matcher(pem);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("the file is not one unencrypted PKCS#8 private key in PEM");
        }
        try {
            return new CertificateKey(Ed25519.fromPkcs8(Base64.getMimeDecoder().decode(matcher.group(1))));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the file is not an Ed25519 private key in PKCS#8");
        }
    }

    /** The file's text. It is the secret itself: write it to a file only its owner can read. */
    public String toPem() {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(Ed25519.toPkcs8(seed));
        return "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n";
    }

    public CertificatePublicKey publicKey() {
        return publicKey;
    }

    /** The key id. */
    public String kid() {
        return publicKey.kid();
    }

    byte[] sign(byte[] message) {
        return Ed25519.sign(seed, message);
    }

    @Override
    public String toString() {
        return kid();
    }
}

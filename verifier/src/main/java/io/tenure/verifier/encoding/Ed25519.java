package io.tenure.verifier.encoding;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** Ed25519 (RFC 8032) with the raw 32-byte keys that signed notes and JWKs carry, on the JDK's own implementation. */
public final class Ed25519 {

    /** Bytes of a seed, and of a public key. */
    public static final int KEY_LENGTH = 32;

    static final int SIGNATURE_LENGTH = 64;

    /** RFC 8410: the fixed DER headers in front of the raw key. */
    private static final byte[] SPKI_HEADER = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final byte[] PKCS8_HEADER = HexFormat.of().parseHex("302e020100300506032b657004220420");

    private Ed25519() {}

    /** A random private key. */
    public static byte[] newSeed() {
        byte[] seed = new byte[KEY_LENGTH];
        new SecureRandom().nextBytes(seed);
        return seed;
    }

    /** The signature of a message, 64 bytes. */
    public static byte[] sign(byte[] seed, byte[] message) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(privateKey(seed));
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java platform cannot sign with Ed25519", e);
        }
    }

    /** Whether the signature is one of this key over this message; false for anything malformed. */
    public static boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
        if (signature.length != SIGNATURE_LENGTH) {
            return false;
        }
        try {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(publicKey(publicKey));
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /**
     * The public key of a seed. The JDK derives public keys only while it generates a pair, so the pair is generated
     * from the seed itself, and the outcome is proven by a signature.
     */
    public static byte[] publicKeyOf(byte[] seed) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(NamedParameterSpec.ED25519, new FixedRandom(seed));
            KeyPair pair = generator.generateKeyPair();
            byte[] spki = pair.getPublic().getEncoded();
            byte[] raw = Arrays.copyOfRange(spki, SPKI_HEADER.length, spki.length);
            byte[] probe = {1, 2, 3};
            if (!verify(raw, probe, sign(seed, probe))) {
                throw new IllegalStateException("this Java platform derives Ed25519 public keys in another way");
            }
            return raw;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java platform has no Ed25519", e);
        }
    }

    /** The seed as an unencrypted PKCS#8 key (RFC 8410). */
    public static byte[] toPkcs8(byte[] seed) {
        return concat(PKCS8_HEADER, seed);
    }

    /** @throws IllegalArgumentException if this is not an Ed25519 key without attributes (RFC 8410, 7) */
    public static byte[] fromPkcs8(byte[] der) {
        if (der.length != PKCS8_HEADER.length + KEY_LENGTH
                || !Arrays.equals(der, 0, PKCS8_HEADER.length, PKCS8_HEADER, 0, PKCS8_HEADER.length)) {
            throw new IllegalArgumentException("the key is not an Ed25519 private key in PKCS#8");
        }
        return Arrays.copyOfRange(der, PKCS8_HEADER.length, der.length);
    }

    private static PrivateKey privateKey(byte[] seed) throws GeneralSecurityException {
        return KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(toPkcs8(seed)));
    }

    private static PublicKey publicKey(byte[] raw) throws GeneralSecurityException {
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(concat(SPKI_HEADER, raw)));
    }

    /** The one behind the other. */
    public static byte[] concat(byte[] head, byte[] tail) {
        byte[] joined = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, joined, head.length, tail.length);
        return joined;
    }

    private static final class FixedRandom extends SecureRandom {

        private static final long serialVersionUID = 1L;
        private final transient byte[] seed;

        private FixedRandom(byte[] seed) {
            this.seed = seed.clone();
        }

        @Override
        public void nextBytes(byte[] bytes) {
            if (bytes.length != seed.length) {
                throw new IllegalStateException("this Java platform draws Ed25519 seeds in another way");
            }
            System.arraycopy(seed, 0, bytes, 0, bytes.length);
        }
    }
}

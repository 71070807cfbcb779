package io.tenure.platform.sandbox;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Random bytes as fast as a disk takes them: AES-256 in counter mode under a new random key that is kept nowhere. */
final class RandomStream {

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Cipher cipher;
    private byte[] zeros = new byte[0];

    RandomStream() {
        try {
            byte[] key = new byte[32];
            RANDOM.nextBytes(key);
            cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[16]));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("AES is missing from this Java runtime", impossible);
        }
    }

    /** Fills the first {@code length} bytes of {@code target} with the stream's next ones. */
    void fill(byte[] target, int length) {
        if (zeros.length < length) {
            zeros = new byte[length];
        }
        try {
            cipher.update(zeros, 0, length, target);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("A buffer is too short", impossible);
        }
    }
}

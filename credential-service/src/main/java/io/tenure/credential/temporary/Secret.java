package io.tenure.credential.temporary;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/** A password in the clear, before encryption or after decryption. Does not print, compare or serialise itself. */
public final class Secret {

    /**
     * Digits and letters that are hard to confuse on a screen: no 0 O o, no 1 l I, and no vowels, so that no words
     * appear.
     */
    private static final String ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZbcdfghjkmnpqrstvwxyz";

    private static final int GROUPS = 4;
    private static final int GROUP_LENGTH = 6;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    /**
     * A strong password: 24 random characters (134 bits) in four groups joined by hyphens, with digits, upper and lower
     * case, as password policies demand.
     */
    public static Secret random() {
        while (true) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < GROUPS * GROUP_LENGTH; i++) {
                if (i > 0 && i % GROUP_LENGTH == 0) {
                    text.append('-');
                }
                text.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
            }
            if (text.chars().anyMatch(Character::isDigit)
                    && text.chars().anyMatch(Character::isUpperCase)
                    && text.chars().anyMatch(Character::isLowerCase)) {
                return new Secret(text.toString());
            }
        }
    }

    /** The inverse of {@link #bytes}. */
    public static Secret of(byte[] bytes) {
        return new Secret(new String(bytes, StandardCharsets.UTF_8));
    }

    /** The plaintext for encryption. */
    public byte[] bytes() {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    /** The password itself, to show it to its owner. */
    public String expose() {
        return value;
    }

    @Override
    public String toString() {
        return "***";
    }
}

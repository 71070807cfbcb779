package io.tenure.verifier.encoding;

import io.tenure.verifier.VerificationException;

/** Non-negative decimal numbers with no leading zeroes, as checkpoints, proofs and tile paths write them. */
public final class Decimal {

    private Decimal() {}

    /**
     * Reads one.
     *
     * @param what names the number in the message
     * @throws VerificationException if it is spelled otherwise, or longer than 18 digits
     */
    public static long parse(String text, String what) {
        boolean canonical = !text.isEmpty()
                && text.length() <= 18
                && text.chars().allMatch(c -> c >= '0' && c <= '9')
                && (text.length() == 1 || text.charAt(0) != '0');
        if (!canonical) {
            throw new VerificationException("the " + what + " is not a decimal number without leading zeroes");
        }
        return Long.parseLong(text);
    }
}

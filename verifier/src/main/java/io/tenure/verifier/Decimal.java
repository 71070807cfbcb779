package io.tenure.verifier;

/** Non-negative decimal numbers with no leading zeroes, as checkpoints, proofs and tile paths write them. */
final class Decimal {

    private Decimal() {}

    static long parse(String text, String what) {
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

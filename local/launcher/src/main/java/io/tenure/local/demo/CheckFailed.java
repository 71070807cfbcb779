package io.tenure.local.demo;

/** Something is not as it must be. */
final class CheckFailed extends RuntimeException {

    private static final long serialVersionUID = 1;

    CheckFailed(String message) {
        super(message);
    }

    /** Fails unless the condition holds. */
    static void unless(boolean condition, String message) {
        if (!condition) {
            throw new CheckFailed(message);
        }
    }

    /** Fails unless both are equal. */
    static void unlessEqual(Object expected, Object found, String what) {
        unless(expected.equals(found), what + " is " + found + " and not " + expected);
    }
}

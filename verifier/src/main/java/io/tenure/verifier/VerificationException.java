package io.tenure.verifier;

/**
 * Something offered as evidence is not what it claims to be: malformed, signed by another key, or contradicting a
 * root. The message says which check failed and is safe to show; it never repeats signed content.
 */
public final class VerificationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public VerificationException(String message) {
        super(message);
    }

    public VerificationException(String message, Throwable cause) {
        super(message, cause);
    }
}

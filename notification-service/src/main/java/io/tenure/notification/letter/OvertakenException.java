package io.tenure.notification.letter;

/** The notice is obsolete, for example because the credential is void. */
public final class OvertakenException extends RuntimeException {

    OvertakenException() {
        super("the notice is overtaken", null, false, false);
    }
}

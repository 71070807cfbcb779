package io.tenure.notification.letter;

/** What the notice is about does not exist any more, for example because the credential is void. */
public final class OvertakenException extends RuntimeException {

    OvertakenException() {
        super("the notice is overtaken", null, false, false);
    }
}

package io.tenure.notification.delivery;

/** What the notice is about does not exist any more, for example because the credential is void. */
final class OvertakenException extends RuntimeException {

    OvertakenException() {
        super("the notice is overtaken", null, false, false);
    }
}

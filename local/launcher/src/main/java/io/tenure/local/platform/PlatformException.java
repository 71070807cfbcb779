package io.tenure.local.platform;

/** What stands in the way of a command, said to the user as it is: what happened and what to do. */
public final class PlatformException extends RuntimeException {

    /** A message for the user. */
    public PlatformException(String message) {
        super(message);
    }
}

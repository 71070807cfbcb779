package io.tenure.events;

/** A record is not an event that this version understands. The message says why and quotes nothing of its content. */
public final class UnreadableEventException extends RuntimeException {

    public UnreadableEventException(String message) {
        super(message);
    }

    public UnreadableEventException(String message, Throwable cause) {
        super(message, cause);
    }
}

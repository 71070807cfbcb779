package io.tenure.kit.inbox;

/**
 * An event that can never be processed here, however often it is tried; it goes to the dead letter at once.
 */
public final class EventRefusedException extends RuntimeException {

    /** @param reason for the operator; without secrets and personal data */
    public EventRefusedException(String reason) {
        super(reason, null, false, false);
    }
}

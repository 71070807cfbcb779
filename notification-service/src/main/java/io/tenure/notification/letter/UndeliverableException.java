package io.tenure.notification.letter;

/**
 * An attempt to deliver a notice failed. The message is the class of the reason; neither it nor the stack trace quotes
 * another server, because such answers contain addresses and links.
 */
public final class UndeliverableException extends RuntimeException {

    /** @param reason for events and logs, for example {@code SMTP 451} */
    public UndeliverableException(String reason) {
        super(reason, null, false, false);
    }

    private UndeliverableException(Throwable unexpected) {
        super("internal error " + unexpected.getClass().getSimpleName(), null, false, true);
        setStackTrace(unexpected.getStackTrace());
    }

    public static UndeliverableException of(Throwable failure) {
        return failure instanceof UndeliverableException known ? known : new UndeliverableException(failure);
    }
}

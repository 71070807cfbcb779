package io.tenure.provisioning.platform;

import java.nio.file.FileSystemException;

/** A platform did not do what it was asked. The message may be shown to customers: it names no path and quotes nothing. */
public final class DriverException extends RuntimeException {

    private final boolean permanent;

    private DriverException(String reason, boolean permanent, Throwable cause) {
        // Without a stack trace: where the driver noticed it says nothing that the reason does not.
        super(reason, cause, false, false);
        this.permanent = permanent;
    }

    /** It may work at a later attempt. */
    public static DriverException passing(String reason) {
        return new DriverException(reason, false, null);
    }

    /** It may work at a later attempt. @param cause is logged, and not shown */
    public static DriverException passing(String reason, Throwable cause) {
        return new DriverException(reason, false, cause);
    }

    /** No later attempt will work. */
    public static DriverException permanent(String reason) {
        return new DriverException(reason, true, null);
    }

    public boolean isPermanent() {
        return permanent;
    }

    /** Why something failed, in words that may leave the service. */
    public static String reasonOf(Throwable failure) {
        return switch (failure) {
            case DriverException known -> known.getMessage();
            // Its message is a path; its reason is the operating system's word.
            case FileSystemException io when io.getReason() != null -> io.getReason();
            default -> failure.getClass().getSimpleName();
        };
    }
}

package io.tenure.platform;

import java.nio.file.FileSystemException;
import java.time.Duration;

/** A platform did not do what it was asked. The message may be shown to customers: it names no path and quotes nothing. */
public final class DriverException extends RuntimeException {

    private final Kind kind;

    /** What can be done about it. */
    public sealed interface Kind {

        /** It may work at a later attempt. */
        record Passing() implements Kind {}

        /** The platform has too much to do. @param retryAfter when it wants to be asked again */
        record Throttled(Duration retryAfter) implements Kind {}

        /** The platform does not know us, or does not let us. */
        record Unauthenticated() implements Kind {}

        /** Somebody else changed the asset: a later worker, or a person. */
        record Conflict() implements Kind {}

        /** What was asked about is not there, and the platform is the one that would have it. */
        record ProvenAbsent() implements Kind {}

        /** The platform has no room. @param missingBytes how much more it would need */
        record Quota(long missingBytes) implements Kind {}

        /** No later attempt will work. */
        record Permanent() implements Kind {}
    }

    private DriverException(String reason, Kind kind, Throwable cause) {
        // Without a stack trace: where the driver noticed it says nothing that the reason does not.
        super(reason, cause, false, false);
        this.kind = kind;
    }

    public static DriverException of(Kind kind, String reason) {
        return new DriverException(reason, kind, null);
    }

    /** It may work at a later attempt. */
    public static DriverException passing(String reason) {
        return of(new Kind.Passing(), reason);
    }

    /** It may work at a later attempt. @param cause is logged, and not shown */
    public static DriverException passing(String reason, Throwable cause) {
        return new DriverException(reason, new Kind.Passing(), cause);
    }

    /** Somebody else was there. */
    public static DriverException conflict(String reason) {
        return of(new Kind.Conflict(), reason);
    }

    /** No later attempt will work. */
    public static DriverException permanent(String reason) {
        return of(new Kind.Permanent(), reason);
    }

    public Kind kind() {
        return kind;
    }

    public boolean isPermanent() {
        return kind instanceof Kind.Permanent;
    }

    /** Why something failed, in words that may leave the service. */
    public static String reasonOf(Throwable failure) {
        return switch (failure) {
            case DriverException known -> known.getMessage();
            // Its message holds the path; its reason is what the operating system says.
            case FileSystemException io when io.getReason() != null -> io.getReason();
            default -> failure.getClass().getSimpleName();
        };
    }
}

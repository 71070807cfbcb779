package io.tenure.local.process;

import java.util.List;

/** A part did not start. The message names it, says why as far as is known, and ends with its last log lines. */
public final class StartFailure extends RuntimeException {

    /** A failure of a part whose log may say more. */
    public StartFailure(String part, String why, List<String> lastLines) {
        super(
                lastLines.isEmpty()
                        ? part + " " + why
                        : part + " " + why + ". Its last lines:\n    " + String.join("\n    ", lastLines));
    }

    /** A failure with its cause. */
    public StartFailure(String part, String why, Throwable cause) {
        super(part + " " + why + ": " + cause.getMessage(), cause);
    }
}

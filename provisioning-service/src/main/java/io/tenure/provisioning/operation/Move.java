package io.tenure.provisioning.operation;

import io.tenure.platform.Command;
import java.time.Duration;

/** What is asked of a platform next. */
public sealed interface Move {

    OpenOperation operation();

    /** Start it, or have it go on where it died. @param known whether the platform had it once, and knows nothing of it any more */
    record Start(OpenOperation operation, Command command, boolean known) implements Move {}

    /** Say how it stands. @param patience how long the answer may be held back */
    record Poll(OpenOperation operation, Duration patience) implements Move {}

    /** End it early. @param stalled whether that is because it stands still; else something else is wanted by now */
    record Cancel(OpenOperation operation, boolean stalled) implements Move {}
}

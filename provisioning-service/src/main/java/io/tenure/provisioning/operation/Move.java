package io.tenure.provisioning.operation;

import io.tenure.platform.Command;
import java.time.Duration;

/** The next call to a platform. */
public sealed interface Move {

    OpenOperation operation();

    /**
     * Start it, or start it again if it got lost.
     *
     * @param known whether the platform knew it once and has forgotten it
     */
    record Start(OpenOperation operation, Command command, boolean known) implements Move {}

    /** Ask for its state. @param patience how long the platform may hold the answer back */
    record Poll(OpenOperation operation, Duration patience) implements Move {}

    /** End it early. @param stalled true if it makes no progress, false if something else is wanted by now */
    record Cancel(OpenOperation operation, boolean stalled) implements Move {}
}

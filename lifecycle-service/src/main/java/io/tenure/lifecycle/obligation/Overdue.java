package io.tenure.lifecycle.obligation;

import io.tenure.events.LifecycleFact.Command;
import java.time.Instant;
import java.util.UUID;

/**
 * A service has not reported in time that it carried out a command. That is a blocker, whatever the reason: the service
 * may be down, may have lost the command, or its answer may be a dead letter.
 *
 * @param repeated how often the command was issued again
 * @param repeatAt when it is next issued again
 */
public record Overdue(
        UUID terminationId, Command command, String participant, Instant dueBy, int repeated, Instant repeatAt) {

    /** How it is shown. */
    public BlockerView blocker() {
        return new BlockerView(
                "/v1/terminations/" + terminationId,
                participant,
                "The " + participant + " service was to " + work() + " by " + dueBy
                        + " and has not reported that it did. The command is issued again from time to time. If that does not help,"
                        + " check whether the service runs, and whether its answer is among the dead letters.",
                repeated + 1,
                repeatAt);
    }

    private String work() {
        return switch (command) {
            case DISABLE -> "disable everything";
            case RESTORE -> "restore everything";
            case DELETE -> "delete everything";
        };
    }
}

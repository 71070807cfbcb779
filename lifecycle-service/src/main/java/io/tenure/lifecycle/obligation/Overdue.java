package io.tenure.lifecycle.obligation;

import io.tenure.events.LifecycleFact.Command;
import java.time.Instant;
import java.util.UUID;

/**
 * A service has not told within its time that it has done what it was asked for. That is a blocker by itself, whatever the
 * reason: the service may be away, may have lost the command, or its answer may lie among the dead letters.
 *
 * @param repeated how often the command was issued again
 * @param repeatAt when it is issued again next
 */
record Overdue(UUID terminationId, Command command, String participant, Instant dueBy, int repeated, Instant repeatAt) {

    BlockerView blocker() {
        return new BlockerView(
                "/v1/terminations/" + terminationId,
                participant,
                "The " + participant + " service was to " + work() + " by " + dueBy
                        + " and has not told that it has. The command is issued again from time to time. If that does not help,"
                        + " see whether the service runs, and whether its answer lies among the dead letters.",
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

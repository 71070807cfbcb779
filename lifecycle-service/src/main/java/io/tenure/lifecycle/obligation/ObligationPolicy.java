package io.tenure.lifecycle.obligation;

import io.smallrye.config.ConfigMapping;
import io.tenure.events.LifecycleFact.Command;
import java.time.Duration;

/** How long the services may take for a termination's commands; ISO-8601, positive. */
@ConfigMapping(prefix = "tenure.obligations")
public interface ObligationPolicy {

    /** Time to disable everything. */
    Duration disable();

    /** Time to restore everything. */
    Duration restore();

    /** Time to wipe and destroy everything; it depends on the size of the disks. */
    Duration delete();

    /** How long a notice may be overdue before that becomes a blocker; must be longer than proving a delivery takes. */
    Duration notice();

    default Duration within(Command command) {
        return switch (command) {
            case DISABLE -> disable();
            case RESTORE -> restore();
            case DELETE -> delete();
        };
    }
}

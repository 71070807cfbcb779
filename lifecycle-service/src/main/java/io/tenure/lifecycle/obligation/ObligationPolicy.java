package io.tenure.lifecycle.obligation;

import io.smallrye.config.ConfigMapping;
import io.tenure.events.LifecycleFact.Command;
import java.time.Duration;

/** How long the services may take for what a termination asks of them; ISO-8601, positive. */
@ConfigMapping(prefix = "tenure.obligations")
public interface ObligationPolicy {

    /** To disable everything. */
    Duration disable();

    /** To restore everything. */
    Duration restore();

    /** To wipe and destroy everything, which takes as long as the disks are large. */
    Duration delete();

    /** How long a notice may be overdue before that is shown: longer than proving a delivery takes. */
    Duration notice();

    default Duration within(Command command) {
        return switch (command) {
            case DISABLE -> disable();
            case RESTORE -> restore();
            case DELETE -> delete();
        };
    }
}

package io.tenure.kit.task;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;

/** {@code tenure.tasks}: how tasks are run. */
@ConfigMapping(prefix = "tenure.tasks")
interface TaskConfig {

    /** How long a replica may hold a task without a sign of life. */
    Duration lease();

    /** How many tasks of each class a replica runs at once. */
    Room room();

    /** How often a replica looks for due tasks. */
    Duration pollInterval();

    /** Delay before the next attempt of a failed task. */
    Backoff backoff();

    interface Room {
        int urgent();

        int normal();

        int background();

        default int of(Urgency urgency) {
            return switch (urgency) {
                case URGENT -> urgent();
                case NORMAL -> normal();
                case BACKGROUND -> background();
            };
        }
    }

    interface Backoff {
        /** After the first failure; doubles with each further one. */
        Duration first();

        /** At most. */
        Duration most();
    }
}

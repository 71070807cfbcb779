package io.tenure.kit.task;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;

/** {@code tenure.tasks}: how tasks are run. */
@ConfigMapping(prefix = "tenure.tasks")
interface TaskConfig {

    /** How long a replica may hold a task without a sign of life. */
    Duration lease();

    /** How many tasks a replica runs at once. */
    int concurrency();

    /** How often a replica looks for due tasks. */
    Duration pollInterval();

    /** Delay before the next attempt of a failed task. */
    Backoff backoff();

    interface Backoff {
        /** After the first failure; doubles with each further one. */
        Duration first();

        /** At most. */
        Duration most();
    }
}

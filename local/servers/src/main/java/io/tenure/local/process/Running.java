package io.tenure.local.process;

import java.time.Duration;
import java.util.List;

/** What was started and can be waited for and ended: a process of this machine, or a container. */
public interface Running {

    /** The part's name. */
    String name();

    /** Whether it runs. */
    boolean isAlive();

    /** The exit status; waits for its end. */
    int exitStatus();

    /** The last lines of its log, oldest first. */
    List<String> lastLines(int count);

    /** Asks it to end, and ends it by force when it has not within the limit. Returns when it does not run. */
    void stop(Duration limit);
}

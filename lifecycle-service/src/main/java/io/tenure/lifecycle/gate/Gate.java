package io.tenure.lifecycle.gate;

import java.time.Instant;

/**
 * The provider's settings for all deletions: the global stop, and how many may start per day (UTC). They are read and
 * locked in the transaction that starts deletions, so a stop holds from its commit on.
 */
public final class Gate {

    private final boolean stopped;
    private final int budget;
    private final Instant nextDay;
    private int passed;

    /**
     * @param stopped whether all deletions are stopped
     * @param budget how many more may start today
     * @param nextDay when the next day begins
     */
    Gate(boolean stopped, int budget, Instant nextDay) {
        this.stopped = stopped;
        this.budget = budget;
        this.nextDay = nextDay;
    }

    boolean isStopped() {
        return stopped;
    }

    boolean isUsedUp() {
        return passed >= budget;
    }

    /** Counts a deletion that starts. */
    void pass() {
        passed++;
    }

    Instant nextDay() {
        return nextDay;
    }
}

package io.tenure.lifecycle.gate;

import java.time.Instant;

/**
 * What the provider has set for all deletions: the global stop, and how many may start in a day (UTC). It is read and locked in
 * the transaction that starts deletions, so whoever has closed it can rely on it.
 */
public final class Gate {

    private final boolean stopped;
    private final Integer budget;
    private final Instant nextDay;
    private int passed;

    /**
     * @param stopped nothing passes
     * @param budget how many more may pass today; null for any number
     * @param nextDay when the next day begins
     */
    Gate(boolean stopped, Integer budget, Instant nextDay) {
        this.stopped = stopped;
        this.budget = budget;
        this.nextDay = nextDay;
    }

    boolean isStopped() {
        return stopped;
    }

    boolean isUsedUp() {
        return budget != null && passed >= budget;
    }

    /** A deletion starts. */
    void pass() {
        passed++;
    }

    /** Whether it matters how many pass. */
    boolean isCounted() {
        return budget != null;
    }

    Instant nextDay() {
        return nextDay;
    }
}

package io.tenure.kit;

import java.time.Duration;

/**
 * How long a poller leaves a server alone that did not answer: twice as long each time, up to a limit. Not thread-safe.
 */
public final class Pause {

    private final Duration first;
    private final Duration longest;
    private Duration next;
    private long until;

    public Pause(Duration first, Duration longest) {
        this.first = first;
        this.longest = longest;
        this.next = first;
        this.until = System.nanoTime();
    }

    /** Whether the server is to be left alone now. */
    public boolean lasts() {
        return System.nanoTime() - until < 0;
    }

    /** The server did not answer. @return whether that is new, and so worth a line in the log */
    public boolean failed() {
        boolean isNew = next.equals(first);
        until = System.nanoTime() + next.toNanos();
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(longest) < 0 ? doubled : longest;
        return isNew;
    }

    /** The server answered. @return whether it had not before */
    public boolean succeeded() {
        boolean wasAway = !next.equals(first);
        next = first;
        return wasAway;
    }
}

package io.tenure.kit;

import java.time.Duration;
import java.time.Instant;

/**
 * One answer of the database to the question what time it is, and how exactly we know when it answered.
 *
 * @param instant what the database said
 * @param nanos when it said so, by {@link System#nanoTime}
 * @param uncertainty how far {@code nanos} may be off, either way
 */
record Anchor(Instant instant, long nanos, Duration uncertainty) {

    /** How much faster or slower than the database's clock this machine's may run: as much as NTP ever slews one. */
    private static final long DRIFT_PER_MILLION = 500;

    /**
     * This machine's clocks, read at one moment.
     *
     * @param nanos the monotonic one
     * @param own the one that people set
     */
    record Reading(long nanos, Instant own) {}

    /**
     * Made from one round trip, during which the database answered. Where this machine's two clocks disagree about its
     * length, the machine slept or its clock was set, and the answer is that much less exact.
     */
    static Anchor of(Instant told, Reading asked, Reading answered) {
        Duration half = Duration.ofNanos(answered.nanos() - asked.nanos()).dividedBy(2);
        Duration disagreement = Duration.between(asked.own(), answered.own())
                .minus(half.multipliedBy(2))
                .abs();
        return new Anchor(told, asked.nanos() + half.toNanos(), half.plus(disagreement));
    }

    /** The database's time at a moment of the monotonic clock. */
    Instant at(long moment) {
        return instant.plusNanos(moment - nanos);
    }

    /** The better of this anchor and a newer one: the one that is known more exactly, unless they contradict each other. */
    Anchor or(Anchor newer) {
        Duration aged = uncertainty.plusNanos(Math.abs(newer.nanos - nanos) / 1_000_000 * DRIFT_PER_MILLION);
        boolean isBetter = newer.uncertainty.compareTo(aged) <= 0;
        // The database's clock was set, another server took over, or this machine slept: the newer answer is right.
        boolean contradicts =
                Duration.between(at(newer.nanos), newer.instant).abs().compareTo(aged.plus(newer.uncertainty)) > 0;
        return isBetter || contradicts ? newer : this;
    }
}

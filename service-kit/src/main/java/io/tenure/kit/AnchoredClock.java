package io.tenure.kit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.function.LongSupplier;

/**
 * The database's clock without a query each time: its last good answer, carried on by this machine's monotonic clock,
 * also while the database is away. The machine's wall clock has no part in it. In UTC and with PostgreSQL's
 * microseconds, so that an instant equals itself after it was stored and read.
 *
 * <p>A new answer corrects it by what the machine drifted since the last one, forwards or backwards.
 */
final class AnchoredClock extends Clock {

    private final Clock own;
    private final LongSupplier nanos;
    private volatile Anchor anchor;

    /** @param own the machine's wall clock */
    AnchoredClock(Clock own, LongSupplier nanos) {
        this.own = own;
        this.nanos = nanos;
    }

    /** What {@link #told} needs to know of the moment before the database is asked. */
    Anchor.Reading read() {
        return new Anchor.Reading(nanos.getAsLong(), own.instant());
    }

    /** The database has just answered. */
    synchronized void told(Instant instant, Anchor.Reading asked) {
        Anchor newer = Anchor.of(instant, asked, read());
        anchor = anchor == null ? newer : anchor.or(newer);
    }

    /** By how much this machine's clock is ahead of the database's; negative where it is behind. */
    Duration offset() {
        return Duration.between(instant(), own.instant());
    }

    /** @throws IllegalStateException before the database's first answer, without which nothing can be decided */
    @Override
    public Instant instant() {
        Anchor known = anchor;
        if (known == null) {
            throw new IllegalStateException("The database has not said yet what time it is");
        }
        return known.at(nanos.getAsLong()).truncatedTo(ChronoUnit.MICROS);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("services know UTC only");
    }
}

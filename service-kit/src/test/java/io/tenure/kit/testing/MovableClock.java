package io.tenure.kit.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** A service's clock in its tests, as exact as the real one: it runs, and a test can put it forward. */
public final class MovableClock extends Clock {

    private static final Clock REAL = Clock.tick(Clock.systemUTC(), Duration.ofNanos(1000));

    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

    /** Puts the clock forward, for all tests to come unless one puts it back. */
    public void advance(Duration by) {
        ahead.updateAndGet(by::plus);
    }

    /** Puts the clock forward to this instant, unless it is there already. */
    public void advanceTo(Instant instant) {
        ahead.updateAndGet(present -> {
            Duration needed = Duration.between(REAL.instant(), instant);
            return needed.compareTo(present) > 0 ? needed : present;
        });
    }

    /** Puts the clock back to the real time. */
    public void reset() {
        ahead.set(Duration.ZERO);
    }

    @Override
    public Instant instant() {
        return REAL.instant().plus(ahead.get());
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

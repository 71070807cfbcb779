package io.tenure.notification.outside;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The service's clock: runs, and can be moved ahead. */
@Singleton
public class MovableClock extends Clock {

    private volatile Duration ahead = Duration.ZERO;

    /** Moves the clock to just after {@code instant}, unless it is there already. */
    public synchronized void moveTo(Instant instant) {
        Duration missing = Duration.between(instant(), instant);
        if (!missing.isNegative()) {
            ahead = ahead.plus(missing);
        }
    }

    @Override
    public Instant instant() {
        return Instant.now().plus(ahead);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException();
    }
}

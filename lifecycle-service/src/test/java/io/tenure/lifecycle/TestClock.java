package io.tenure.lifecycle;

import io.tenure.kit.testing.MovableClock;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Replaces the replica's clock, which must not decide anything, by one that tests can move. */
class TestClock {

    @Produces
    @Singleton
    MovableClock clock() {
        return new MovableClock();
    }
}

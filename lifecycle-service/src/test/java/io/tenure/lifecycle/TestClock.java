package io.tenure.lifecycle;

import io.tenure.kit.testing.MovableClock;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Puts a clock that tests can move in the place of the replica's, which decides nothing. */
class TestClock {

    @Produces
    @Singleton
    MovableClock clock() {
        return new MovableClock();
    }
}

package io.tenure.kit.testing;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/**
 * Replaces a service's clock by one that its tests can move. Counts only in services whose settings index this jar for
 * their tests ({@code %test.quarkus.index-dependency}).
 */
class TestClock {

    @Produces
    @Singleton
    MovableClock clock() {
        return new MovableClock();
    }
}

package io.tenure.local.demo;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Waiting for what the services do in their own time. */
final class Waiting {

    /** Long enough for a machine that is busy with other things. */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final long PAUSE_MILLIS = 100;

    private Waiting() {}

    /** The value, as soon as it is there. */
    static <T> T until(String what, Duration limit, Supplier<Optional<T>> value) throws InterruptedException {
        var deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            var found = value.get();
            if (found.isPresent()) {
                return found.get();
            }
            CheckFailed.unless(System.nanoTime() < deadline, what + ": not within " + limit.toSeconds() + " s");
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }

    /** Returns as soon as the condition holds. */
    static void untilTrue(String what, Duration limit, Supplier<Boolean> condition) throws InterruptedException {
        until(what, limit, () -> condition.get() ? Optional.of(true) : Optional.empty());
    }
}

package io.tenure.systemtests.harness;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ThrowingRunnable;

/** Waits on conditions. The limits only end a test that has failed; no test says how long something may take. */
public final class Waiting {

    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final Duration POLL = Duration.ofMillis(100);

    private Waiting() {}

    /** Returns when the condition holds. A server that does not answer at the moment is no failure yet. */
    public static void until(String what, Callable<Boolean> condition) {
        waiting(what).until(condition);
    }

    /** Returns when the assertions hold; fails with the last one that did not. */
    public static void untilAsserted(String what, ThrowingRunnable assertions) {
        waiting(what).untilAsserted(assertions);
    }

    private static ConditionFactory waiting(String what) {
        return Awaitility.await(what)
                .atMost(LIMIT)
                .pollDelay(Duration.ZERO)
                .pollInterval(POLL)
                // A client that is killed while it sends makes the mail server's thread fail, which fails no test.
                .dontCatchUncaughtExceptions()
                .ignoreExceptionsInstanceOf(UncheckedIOException.class);
    }
}

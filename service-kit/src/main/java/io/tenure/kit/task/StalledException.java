package io.tenure.kit.task;

import java.time.Duration;

/** An act made no progress for as long as its deadline allows. */
public final class StalledException extends RuntimeException {

    StalledException(Duration deadline) {
        super("no progress for " + deadline.toSeconds() + " s", null, false, false);
    }
}

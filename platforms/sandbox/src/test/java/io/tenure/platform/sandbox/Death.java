package io.tenure.platform.sandbox;

import io.tenure.platform.Operation;
import java.util.concurrent.atomic.AtomicInteger;

/** Ends a process at one of its signs of progress: what it has not written by then is lost. */
final class Death implements Execution.Probe {

    private final AtomicInteger signsLeft;

    Death(int signs) {
        signsLeft = new AtomicInteger(signs);
    }

    boolean isDead() {
        return signsLeft.get() < 0;
    }

    @Override
    public void at(Operation operation, Steps.Step step) {
        if (signsLeft.getAndDecrement() <= 0) {
            throw new Killed();
        }
    }

    private static final class Killed extends Error {}
}

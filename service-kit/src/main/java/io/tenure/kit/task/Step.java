package io.tenure.kit.task;

import java.time.Duration;

/** What follows a transaction of a {@link Reconciliation}. */
public sealed interface Step<P> {

    /** Something is to be done outside. */
    record Act<P>(P plan) implements Step<P> {}

    /** Nothing is left to do: the task is complete. */
    record Done<P>() implements Step<P> {}

    /**
     * It is too early: the task is looked at again after {@code delay}, by the database's clock. What was found out is
     * committed, and the attempt does not count.
     */
    record Later<P>(Duration delay) implements Step<P> {}

    /**
     * What was found out is committed, and it keeps the task from going on: this attempt counts as failed.
     *
     * @param reason handed to {@link Reconciliation#failed}
     */
    record Obstructed<P>(RuntimeException reason) implements Step<P> {}

    static <P> Step<P> act(P plan) {
        return new Act<>(plan);
    }

    static <P> Step<P> done() {
        return new Done<>();
    }

    static <P> Step<P> later(Duration delay) {
        return new Later<>(delay);
    }

    static <P> Step<P> obstructed(RuntimeException reason) {
        return new Obstructed<>(reason);
    }
}

package io.tenure.kit.task;

/** The lease ran out, and another replica may hold the task by now: nothing more may be done or committed for it. */
public final class LeaseLostException extends RuntimeException {

    LeaseLostException() {
        super("The lease of the task is lost", null, false, false);
    }
}

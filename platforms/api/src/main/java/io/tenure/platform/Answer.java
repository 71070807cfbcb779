package io.tenure.platform;

/** How an operation stands. */
public sealed interface Answer {

    /**
     * It goes on.
     *
     * @param done units of the platform's own, ascending up to {@code total}
     * @param total 0 while that is unknown
     */
    record Running(long done, long total) implements Answer {}

    /** It did what was asked. */
    record Done(Outcome outcome) implements Answer {}

    /** It ended without having done that. */
    record Failed(DriverException error) implements Answer {}

    /** Nobody works on it, and its outcome is unknown: it is to be started again, under its own id. */
    record Unknown() implements Answer {}
}

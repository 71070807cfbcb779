package io.tenure.kit.task;

/**
 * How soon a task must be done. Each class has room of its own on each replica ({@code tenure.tasks.room}), so that a
 * hundred wipes never delay a disablement.
 */
public enum Urgency {
    /** What takes access away or gives it back: a leaving customer's assets and identities. */
    URGENT,
    /** What a person waits for: orders, notices. */
    NORMAL,
    /** What takes hours and is not urgent: sanitization, erasure. */
    BACKGROUND
}

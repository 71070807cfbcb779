package io.tenure.platform;

/** What goes first on a platform. Each has room of its own there. */
public enum Priority {
    /** What takes access away or gives it back. */
    URGENT,
    /** What a person waits for. */
    NORMAL,
    /** What takes hours and is not urgent. */
    BACKGROUND
}

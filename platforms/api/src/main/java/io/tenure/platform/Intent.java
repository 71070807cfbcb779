package io.tenure.platform;

/** What an operation is for. */
public enum Intent {
    CREATE(Priority.NORMAL),
    TAKE_IN(Priority.URGENT),
    SHUT_OFF(Priority.URGENT),
    DISABLE(Priority.URGENT),
    RESTORE(Priority.URGENT),
    SANITIZE(Priority.BACKGROUND),
    DELETE(Priority.BACKGROUND);

    private final Priority priority;

    Intent(Priority priority) {
        this.priority = priority;
    }

    public Priority priority() {
        return priority;
    }
}

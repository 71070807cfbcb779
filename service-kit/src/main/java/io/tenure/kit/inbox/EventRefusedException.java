package io.tenure.kit.inbox;

/**
 * An event that is not acceptable as such, for example because nobody can read it; it goes to the dead letter at once. What
 * a domain type's rules do not allow is a {@link io.tenure.kit.problem.Refusal}.
 */
public final class EventRefusedException extends RuntimeException {

    private final Grounds grounds;

    /** @param reason for the operator; without secrets and personal data */
    public EventRefusedException(String reason) {
        this(Grounds.UNREADABLE, reason);
    }

    EventRefusedException(Grounds grounds, String reason) {
        super(reason, null, false, false);
        this.grounds = grounds;
    }

    Grounds grounds() {
        return grounds;
    }
}

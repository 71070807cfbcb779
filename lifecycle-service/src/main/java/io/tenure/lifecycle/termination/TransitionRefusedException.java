package io.tenure.lifecycle.termination;

/** A termination's present state does not allow what was asked of it. Nothing was changed. */
public final class TransitionRefusedException extends RuntimeException {

    private final TerminationState state;

    /** @param reason in a sentence, without personal data */
    public TransitionRefusedException(TerminationState state, String reason) {
        super(reason, null, false, false);
        this.state = state;
    }

    /** The state that refused. */
    public TerminationState state() {
        return state;
    }
}

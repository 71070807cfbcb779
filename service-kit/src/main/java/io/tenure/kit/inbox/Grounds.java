package io.tenure.kit.inbox;

import io.tenure.events.UnreadableEventException;
import io.tenure.kit.problem.Refusal;
import java.util.Locale;

/** Why a record goes to the dead letter. */
enum Grounds {
    /** No event, or one that this version does not know. */
    UNREADABLE,
    /** Type, topic, source and key do not belong together: somebody wrote in another's name. */
    PROVENANCE,
    /** A different event with this id was received before. */
    REUSED_ID,
    /** A rule of the domain. */
    REFUSED,
    /** A defect in Tenure's own code. */
    DEFECT;

    static Grounds of(Throwable failure) {
        return switch (failure) {
            case UnreadableEventException unreadable -> UNREADABLE;
            case EventRefusedException refused -> refused.grounds();
            case Refusal rule -> REFUSED;
            default -> DEFECT;
        };
    }

    /** Value of the metric's tag {@code reason}. */
    String tag() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

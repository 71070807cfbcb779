package io.tenure.lifecycle.retention;

import io.tenure.lifecycle.termination.Blockers;
import io.tenure.lifecycle.termination.Termination;
import java.time.Instant;
import java.util.List;

/**
 * A retention whose time has come, with all that decides what follows, however it was read and will be stored.
 *
 * @param noticesDelivered how many different notices are proven delivered
 * @param missing the labels of those that are not; may be empty where enough are
 */
record RetentionOver(Termination termination, RetentionTimer timer, int noticesDelivered, List<String> missing) {

    private static final String MATTER = "RETENTION";

    /** @param notices all of the retention */
    static RetentionOver of(Termination termination, RetentionTimer timer, List<RetentionNotice> notices) {
        List<String> missing = notices.stream()
                .filter(notice -> !notice.isDelivered())
                .map(RetentionNotice::label)
                .toList();
        return new RetentionOver(termination, timer, notices.size() - missing.size(), missing);
    }

    /** Whether every notice is proven delivered. */
    boolean isProven() {
        return noticesDelivered >= termination.noticesRequired();
    }

    /**
     * Starts the deletion if nothing is missing; otherwise has the timer ask again later.
     *
     * @return whether the deletion has started
     */
    boolean end(Instant now) {
        if (isProven()) {
            termination.startDeletion(now, noticesDelivered);
        } else {
            timer.postpone(now);
        }
        return isProven();
    }

    /** What keeps a postponed retention from ending. */
    Blockers.Raised blocker() {
        return new Blockers.Raised(
                MATTER,
                null,
                termination.path(),
                "notification",
                "The retention is over, but these notices are not proven delivered: " + String.join(", ", missing)
                        + ".",
                timer.attempts(),
                timer.dueAt());
    }
}

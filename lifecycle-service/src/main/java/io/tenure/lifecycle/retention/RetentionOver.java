package io.tenure.lifecycle.retention;

import io.tenure.kit.problem.Refusal;
import io.tenure.lifecycle.termination.Blockers;
import io.tenure.lifecycle.termination.Termination;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

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
     * Starts the deletion, unless the termination refuses it; then the timer asks again later.
     *
     * @return what is in the way; empty if the deletion has started
     */
    Optional<Blockers.Raised> end(Instant now) {
        try {
            termination.startDeletion(now, noticesDelivered);
            return Optional.empty();
        } catch (Refusal refused) {
            return Optional.of(
                    termination.isRetentionOver(now) && !isProven()
                            ? postpone(
                                    now,
                                    "notification",
                                    "The retention is over, but these notices are not proven delivered: "
                                            + String.join(", ", missing) + ".")
                            : putAside(now, refused.getMessage()));
        }
    }

    /**
     * Has the timer ask again later.
     *
     * @param reason why the deletion cannot start, in a sentence; somebody has to look after it
     * @return the blocker that tells so
     */
    Blockers.Raised putAside(Instant now, String reason) {
        return postpone(now, "lifecycle", reason);
    }

    private Blockers.Raised postpone(Instant now, String owner, String reason) {
        timer.postpone(now);
        return new Blockers.Raised(MATTER, null, termination.path(), owner, reason, timer.attempts(), timer.dueAt());
    }
}

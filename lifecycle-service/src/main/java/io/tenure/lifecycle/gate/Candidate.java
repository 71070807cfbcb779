package io.tenure.lifecycle.gate;

import io.tenure.kit.problem.Refusal;
import io.tenure.lifecycle.obligation.Blockers;
import io.tenure.lifecycle.schedule.RetentionNotice;
import io.tenure.lifecycle.termination.Termination;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A retention whose time has come, before the gate, with all that decides what follows.
 *
 * @param noticesDelivered how many different notices of the present schedule are proven delivered
 * @param warnedUntil when the time is over that the latest warning promises; not before the retention's end
 * @param missing the labels of those that are not delivered; may be empty where enough are
 */
record Candidate(
        Termination termination,
        RetentionTimer timer,
        int noticesDelivered,
        Instant warnedUntil,
        List<String> missing) {

    private static final String MATTER = "GATE";

    /** @param notices all of the present schedule */
    static Candidate of(Termination termination, RetentionTimer timer, List<RetentionNotice> notices) {
        List<String> missing = notices.stream()
                .filter(notice -> !notice.isDelivered())
                .map(RetentionNotice::label)
                .toList();
        Instant endsAt = termination.retentionEndsAt();
        Instant warnedUntil = notices.stream()
                .map(notice -> notice.promiseEnds(endsAt))
                .max(Comparator.naturalOrder())
                .orElse(endsAt);
        return new Candidate(termination, timer, notices.size() - missing.size(), warnedUntil, missing);
    }

    /** One whose notices all came in time, as far as the number tells. */
    static Candidate inTime(Termination termination, RetentionTimer timer, int noticesDelivered) {
        return new Candidate(termination, timer, noticesDelivered, termination.retentionEndsAt(), List.of());
    }

    /** Whether every notice is proven delivered. */
    boolean isProven() {
        return noticesDelivered >= termination.noticesRequired();
    }

    /**
     * Starts the deletion, unless the provider has closed the gate or the termination refuses; then the timer asks again later.
     *
     * @return what is in the way; empty if the deletion has started
     */
    Optional<Blockers.Raised> decide(Gate gate, Instant now) {
        if (gate.isStopped()) {
            return Optional.of(postpone(
                    now, "lifecycle", "Deletions are stopped for all tenants. Whoever stopped them lets them go on."));
        }
        if (gate.isUsedUp()) {
            timer.lookAgainAt(gate.nextDay());
            return Optional.of(
                    raised("lifecycle", "As many deletions have started today as may. This one waits for tomorrow."));
        }
        try {
            termination.startDeletion(now, noticesDelivered, warnedUntil);
            gate.pass();
            return Optional.empty();
        } catch (Refusal refused) {
            return Optional.of(refused(now, refused.getMessage()));
        }
    }

    private Blockers.Raised refused(Instant now, String rule) {
        if (!termination.isRetentionOver(now)) {
            return putAside(now, rule);
        }
        if (!isProven()) {
            return postpone(
                    now,
                    "notification",
                    "The retention is over, but these notices are not proven delivered: " + String.join(", ", missing)
                            + ".");
        }
        if (now.isBefore(warnedUntil)) {
            timer.lookAgainAt(warnedUntil);
            return raised("lifecycle", rule);
        }
        return putAside(now, rule);
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
        return raised(owner, reason);
    }

    private Blockers.Raised raised(String owner, String reason) {
        return new Blockers.Raised(MATTER, null, termination.path(), owner, reason, timer.attempts(), timer.dueAt());
    }
}

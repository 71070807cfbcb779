package io.tenure.lifecycle.gate;

import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.kit.problem.Refusal;
import io.tenure.lifecycle.impediment.Impediment;
import io.tenure.lifecycle.obligation.Blockers;
import io.tenure.lifecycle.schedule.RetentionNotice;
import io.tenure.lifecycle.termination.Termination;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * A retention that is due, with everything needed to decide whether the deletion may start.
 *
 * @param noticesDelivered how many different notices of the current schedule are proven delivered
 * @param warnedUntil until when the latest warning promises to wait; not before the retention's end
 * @param missing the labels of the notices that are not delivered; may be left empty if enough are
 * @param impediments what forbids deletions of this termination
 */
record Candidate(
        Termination termination,
        RetentionTimer timer,
        int noticesDelivered,
        Instant warnedUntil,
        List<String> missing,
        List<Impediment> impediments) {

    /** Whoever ends an impediment has the timer look at once; this is only in case that is forgotten. */
    private static final Duration IMPEDED_RETRY = Duration.ofHours(1);

    /** @param notices all notices of the current schedule */
    static Candidate of(
            Termination termination,
            RetentionTimer timer,
            List<RetentionNotice> notices,
            List<Impediment> impediments) {
        List<String> missing = notices.stream()
                .filter(notice -> !notice.isDelivered())
                .map(RetentionNotice::label)
                .toList();
        Instant endsAt = termination.retentionEndsAt();
        Instant warnedUntil = notices.stream()
                .map(notice -> notice.promiseEnds(endsAt))
                .max(Comparator.naturalOrder())
                .orElse(endsAt);
        return new Candidate(termination, timer, notices.size() - missing.size(), warnedUntil, missing, impediments);
    }

    /** A candidate of which only the number of notices that arrived in time is known. */
    static Candidate inTime(
            Termination termination, RetentionTimer timer, int noticesDelivered, List<Impediment> impediments) {
        return new Candidate(
                termination, timer, noticesDelivered, termination.retentionEndsAt(), List.of(), impediments);
    }

    /** What came of a decision. */
    sealed interface Decision {

        /** The deletion starts. */
        record Started(DeletionStarted fact) implements Decision {}

        /** It does not, and is decided again when the timer says. @param blocker why */
        record Postponed(Blockers.Raised blocker) implements Decision {}
    }

    /** Whether every notice is proven delivered. */
    boolean isProven() {
        return termination.isProvenBy(noticesDelivered);
    }

    /** Starts the deletion, unless the gate is closed or the termination refuses; then it is decided again later. */
    Decision decide(Gate gate, Instant now) {
        if (gate.isStopped()) {
            return new Decision.Postponed(postpone(
                    now, "lifecycle", "Deletions are stopped for all tenants until an administrator resumes them."));
        }
        if (gate.isUsedUp()) {
            return new Decision.Postponed(
                    lookAgainAt(
                            gate.nextDay(),
                            "Today's budget of deletions is used up. This one waits for tomorrow, or for two people to release more."));
        }
        try {
            DeletionStarted fact = termination.startDeletion(now, noticesDelivered, warnedUntil, impediments);
            gate.pass();
            return new Decision.Started(fact);
        } catch (Refusal refused) {
            return new Decision.Postponed(blocker(now, refused));
        }
    }

    private Blockers.Raised blocker(Instant now, Refusal refused) {
        return switch (refused.slug()) {
            case Termination.NOTICES_MISSING ->
                postpone(
                        now,
                        "notification",
                        "The retention is over, but these notices are not proven delivered: "
                                + String.join(", ", missing) + ".");
            case Termination.IMPEDED -> lookAgainAt(now.plus(IMPEDED_RETRY), refused.getMessage());
            case Termination.WARNING_TOO_LATE -> lookAgainAt(warnedUntil, refused.getMessage());
            default -> putAside(now, refused.getMessage());
        };
    }

    private Blockers.Raised lookAgainAt(Instant instant, String reason) {
        timer.lookAgainAt(instant);
        return raised("lifecycle", reason);
    }

    /**
     * Postpones the decision.
     *
     * @param reason why the deletion cannot start, in a sentence; somebody has to look into it
     * @return the blocker that shows it
     */
    Blockers.Raised putAside(Instant now, String reason) {
        return postpone(now, "lifecycle", reason);
    }

    private Blockers.Raised postpone(Instant now, String owner, String reason) {
        timer.postpone(now);
        return raised(owner, reason);
    }

    private Blockers.Raised raised(String owner, String reason) {
        return new Blockers.Raised(
                Blockers.GATE, null, termination.path(), owner, reason, timer.attempts(), timer.dueAt());
    }
}

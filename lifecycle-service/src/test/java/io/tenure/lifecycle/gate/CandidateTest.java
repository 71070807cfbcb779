package io.tenure.lifecycle.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.lifecycle.gate.Candidate.Decision;
import io.tenure.lifecycle.impediment.Impediment;
import io.tenure.lifecycle.impediment.Impediment.Held;
import io.tenure.lifecycle.obligation.Blockers;
import io.tenure.lifecycle.schedule.RetentionNotice;
import io.tenure.lifecycle.termination.Termination;
import io.tenure.lifecycle.termination.TerminationState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CandidateTest {

    private static final Instant END = Instant.parse("2026-03-31T10:00:00Z");
    private static final UUID ID = new UUID(7, 7);
    private static final Instant TOMORROW = END.plus(Duration.ofDays(1));
    private static final Gate OPEN = new Gate(false, 100, TOMORROW);

    @Test
    void endsOnceEveryNoticeIsProven() {
        Candidate candidate =
                candidate(notice(NoticeKind.RETENTION_STARTED, 1, true), notice(NoticeKind.RETENTION_WARNING, 1, true));

        assertThat(candidate.decide(OPEN, END)).isEqualTo(new Decision.Started(new DeletionStarted(ID, "manifest")));
        assertThat(candidate.termination().state()).isEqualTo(TerminationState.DELETING);
        assertThat(candidate.termination().deletionStartedAt()).isEqualTo(END);
        assertThat(candidate.timer().dueAt()).isEqualTo(END);
        assertThat(candidate.timer().attempts()).isZero();
    }

    @Test
    void saysWhatIsMissingAndAsksAgainLaterAndLater() {
        Candidate candidate = candidate(
                notice(NoticeKind.RETENTION_STARTED, 1, true),
                notice(NoticeKind.RETENTION_WARNING, 1, false),
                notice(NoticeKind.RETENTION_WARNING, 2, false));
        List<Duration> delays = new ArrayList<>();
        Blockers.Raised blocker = null;
        for (int attempt = 1; attempt <= 8; attempt++) {
            blocker = blocker(candidate.decide(OPEN, END));
            delays.add(Duration.between(END, candidate.timer().dueAt()));
        }

        assertThat(delays).extracting(Duration::toSeconds).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L);
        assertThat(candidate.termination().state()).isEqualTo(TerminationState.RETAINED);
        assertThat(blocker)
                .isEqualTo(new Blockers.Raised(
                        "GATE",
                        null,
                        "/v1/terminations/" + ID,
                        "notification",
                        "The retention is over, but these notices are not proven delivered:"
                                + " retention warning 1, retention warning 2.",
                        8,
                        END.plusSeconds(60)));
    }

    /** All warnings were sent when the mail server came back; each still gives the time that it promises. */
    @Test
    void aWarningThatComesLateMovesTheDeletion() {
        Instant delivered = END.plus(Duration.ofHours(3));
        RetentionNotice ofAWeek = late(1, Duration.ofDays(7), delivered);
        RetentionNotice ofADay = late(2, Duration.ofDays(1), delivered);
        Candidate candidate = candidate(notice(NoticeKind.RETENTION_STARTED, 1, true), ofAWeek, ofADay);
        Instant until = delivered.plus(Duration.ofDays(7));

        assertThat(blocker(candidate.decide(OPEN, delivered)))
                .isEqualTo(new Blockers.Raised(
                        "GATE",
                        null,
                        "/v1/terminations/" + ID,
                        "lifecycle",
                        "A warning came late: the customer has the time that it promises, until " + until + ".",
                        1,
                        until));
        assertThat(candidate.timer().dueAt()).isEqualTo(until);
        assertThat(candidate.decide(OPEN, until)).isInstanceOf(Decision.Started.class);
    }

    @Test
    void nothingPassesAStoppedGateAndItIsAskedAgainSoon() {
        Candidate candidate = candidate(notice(NoticeKind.RETENTION_STARTED, 1, true));

        Blockers.Raised blocker = blocker(candidate.decide(new Gate(true, 100, TOMORROW), END));

        assertThat(blocker.reason()).contains("Deletions are stopped for all tenants");
        assertThat(candidate.timer().dueAt()).isEqualTo(END.plusSeconds(1));
        assertThat(candidate.termination().state()).isEqualTo(TerminationState.RETAINED);
    }

    @Test
    void noMorePassThanTheDayHasABudgetForAndTheRestWaitForTomorrow() {
        Gate gate = new Gate(false, 2, TOMORROW);
        List<Candidate> candidates = List.of(
                candidate(notice(NoticeKind.RETENTION_STARTED, 1, false)),
                candidate(notice(NoticeKind.RETENTION_STARTED, 1, true)),
                candidate(notice(NoticeKind.RETENTION_STARTED, 1, true)),
                candidate(notice(NoticeKind.RETENTION_STARTED, 1, true)));

        candidates.forEach(one -> one.decide(gate, END));

        // The first is refused by its own termination, so it does not use up the budget.
        assertThat(candidates)
                .extracting(one -> one.termination().state())
                .containsExactly(
                        TerminationState.RETAINED,
                        TerminationState.DELETING,
                        TerminationState.DELETING,
                        TerminationState.RETAINED);
        assertThat(candidates.getLast().timer().dueAt()).isEqualTo(TOMORROW);
    }

    @Test
    void retriesGrowFromASecondToAMinute() {
        RetentionTimer timer = new RetentionTimer(null, END, 0, null);
        List<Long> delays = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            timer.postpone(END);
            delays.add(Duration.between(END, timer.dueAt()).toSeconds());
        }
        assertThat(delays).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L, 60L, 60L, 60L);
        assertThat(timer.attempts()).isEqualTo(12);
    }

    private static RetentionNotice late(int sequence, Duration lead, Instant delivered) {
        return new RetentionNotice(
                new UUID(9, sequence),
                ID,
                1,
                NoticeKind.RETENTION_WARNING,
                sequence,
                END.minus(lead),
                delivered,
                delivered);
    }

    /** Claiming too early, for example with a wrong clock, starts no deletion and says why. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void neverEndsEarly(boolean noticed) {
        Candidate candidate = candidate(notice(NoticeKind.RETENTION_STARTED, 1, noticed));
        Instant early = END.minusNanos(1000);

        assertThat(blocker(candidate.decide(OPEN, early)))
                .isEqualTo(new Blockers.Raised(
                        "GATE",
                        null,
                        "/v1/terminations/" + ID,
                        "lifecycle",
                        "The retention is not over.",
                        1,
                        early.plusSeconds(1)));
        assertThat(candidate.termination().state()).isEqualTo(TerminationState.RETAINED);
    }

    /** The rule is shown as it is, and somebody looks into it. */
    @Test
    void whatTheTerminationRefusesOtherwiseIsPutAside() {
        Candidate candidate = candidate(notice(NoticeKind.RETENTION_STARTED, 1, true));
        candidate.termination().startDeletion(END, 1, END, List.of());

        Blockers.Raised blocker = blocker(candidate.decide(OPEN, END));

        assertThat(blocker.owner()).isEqualTo("lifecycle");
        assertThat(blocker.reason()).isEqualTo("A deletion follows a retention.");
        assertThat(candidate.timer().dueAt()).isEqualTo(END.plusSeconds(1));
    }

    private static Blockers.Raised blocker(Decision decision) {
        return switch (decision) {
            case Decision.Postponed(Blockers.Raised blocker) -> blocker;
            case Decision.Started started -> throw new AssertionError("The deletion starts: " + started);
        };
    }

    @Test
    void aHoldKeepsItRetainedAndItIsLookedAtAgainInAnHour() {
        Held held = new Held(new UUID(5, 5), null, END);
        Candidate candidate = candidate(List.of(held), notice(NoticeKind.RETENTION_STARTED, 1, true));
        Gate gate = new Gate(false, 1, TOMORROW);

        Blockers.Raised blocker = blocker(candidate.decide(gate, END));

        assertThat(blocker.reason()).isEqualTo(held.reason());
        assertThat(blocker.nextRetryAt()).isEqualTo(END.plus(Duration.ofHours(1)));
        assertThat(candidate.timer().dueAt()).isEqualTo(END.plus(Duration.ofHours(1)));
        assertThat(candidate.termination().state()).isEqualTo(TerminationState.RETAINED);
        // It takes nothing of the budget.
        assertThat(gate.isUsedUp()).isFalse();
    }

    @Test
    void aHoldOnOneAssetLetsTheDeletionStart() {
        Held held = new Held(new UUID(5, 5), new UUID(6, 6), END);
        Candidate candidate = candidate(List.of(held), notice(NoticeKind.RETENTION_STARTED, 1, true));

        assertThat(candidate.decide(OPEN, END)).isInstanceOf(Decision.Started.class);
    }

    private static Candidate candidate(RetentionNotice... notices) {
        return candidate(List.of(), notices);
    }

    private static Candidate candidate(List<Impediment> impediments, RetentionNotice... notices) {
        return Candidate.of(
                Termination.retained(ID, new UUID(8, 8), "manifest", END, 1, notices.length),
                new RetentionTimer(ID, END, 0, null),
                List.of(notices),
                impediments);
    }

    private static RetentionNotice notice(NoticeKind kind, int sequence, boolean delivered) {
        Instant at = delivered ? END : null;
        return new RetentionNotice(new UUID(9, sequence), ID, 1, kind, sequence, END, at, at);
    }
}

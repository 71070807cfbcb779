package io.tenure.lifecycle.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.lifecycle.termination.Blockers;
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

class RetentionOverTest {

    private static final Instant END = Instant.parse("2026-03-31T10:00:00Z");
    private static final UUID ID = new UUID(7, 7);

    @Test
    void endsOnceEveryNoticeIsProven() {
        RetentionOver over =
                over(notice(NoticeKind.RETENTION_STARTED, 1, true), notice(NoticeKind.RETENTION_WARNING, 1, true));

        assertThat(over.end(END)).isEmpty();
        assertThat(over.termination().state()).isEqualTo(TerminationState.DELETING);
        assertThat(over.termination().deletionStartedAt()).isEqualTo(END);
        assertThat(over.timer().dueAt()).isEqualTo(END);
        assertThat(over.timer().attempts()).isZero();
    }

    @Test
    void saysWhatIsMissingAndAsksAgainLaterAndLater() {
        RetentionOver over = over(
                notice(NoticeKind.RETENTION_STARTED, 1, true),
                notice(NoticeKind.RETENTION_WARNING, 1, false),
                notice(NoticeKind.RETENTION_WARNING, 2, false));
        List<Duration> delays = new ArrayList<>();
        Blockers.Raised blocker = null;
        for (int attempt = 1; attempt <= 8; attempt++) {
            blocker = over.end(END).orElseThrow();
            delays.add(Duration.between(END, over.timer().dueAt()));
        }

        assertThat(delays).extracting(Duration::toSeconds).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L);
        assertThat(over.termination().state()).isEqualTo(TerminationState.RETAINED);
        assertThat(blocker)
                .isEqualTo(new Blockers.Raised(
                        "RETENTION",
                        null,
                        "/v1/terminations/" + ID,
                        "notification",
                        "The retention is over, but these notices are not proven delivered:"
                                + " retention warning 1, retention warning 2.",
                        8,
                        END.plusSeconds(60)));
    }

    /** All warnings left when the mail server came back; each still gives the time that it promises. */
    @Test
    void aWarningThatComesLateMovesTheDeletion() {
        Instant delivered = END.plus(Duration.ofHours(3));
        RetentionNotice ofAWeek = late(1, Duration.ofDays(7), delivered);
        RetentionNotice ofADay = late(2, Duration.ofDays(1), delivered);
        RetentionOver over = over(notice(NoticeKind.RETENTION_STARTED, 1, true), ofAWeek, ofADay);
        Instant until = delivered.plus(Duration.ofDays(7));

        assertThat(over.end(delivered))
                .contains(new Blockers.Raised(
                        "RETENTION",
                        null,
                        "/v1/terminations/" + ID,
                        "lifecycle",
                        "A warning came late: the customer has the time that it promises, until " + until + ".",
                        1,
                        until));
        assertThat(over.timer().dueAt()).isEqualTo(until);
        assertThat(over.end(until)).isEmpty();
    }

    private static RetentionNotice late(int sequence, Duration lead, Instant delivered) {
        return new RetentionNotice(
                new UUID(9, sequence), ID, NoticeKind.RETENTION_WARNING, sequence, END.minus(lead), delivered);
    }

    /** Whoever claims too early, for example with a wrong clock, starts nothing and is told why. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void neverEndsEarly(boolean noticed) {
        RetentionOver over = over(notice(NoticeKind.RETENTION_STARTED, 1, noticed));
        Instant early = END.minusNanos(1000);

        assertThat(over.end(early))
                .contains(new Blockers.Raised(
                        "RETENTION",
                        null,
                        "/v1/terminations/" + ID,
                        "lifecycle",
                        "The retention is not over.",
                        1,
                        early.plusSeconds(1)));
        assertThat(over.termination().state()).isEqualTo(TerminationState.RETAINED);
    }

    private static RetentionOver over(RetentionNotice... notices) {
        return RetentionOver.of(
                Termination.retained(ID, new UUID(8, 8), "manifest", END, notices.length),
                new RetentionTimer(ID, END, null),
                List.of(notices));
    }

    private static RetentionNotice notice(NoticeKind kind, int sequence, boolean delivered) {
        return new RetentionNotice(new UUID(9, sequence), ID, kind, sequence, END, delivered ? END : null);
    }
}

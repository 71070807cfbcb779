package io.tenure.lifecycle.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.lifecycle.policy.RetentionPolicy;
import io.tenure.lifecycle.policy.RetentionSchedule;
import io.tenure.lifecycle.policy.RetentionTerms;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class RetentionPolicyProperties {

    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

    @Example
    void oneMonthWithThreeWarnings() {
        RetentionSchedule schedule = start(policy(Duration.ofDays(30), days(1, 14, 7)));

        assertThat(schedule.endsAt()).isEqualTo("2026-03-31T10:00:00Z");
        assertThat(schedule.warnings())
                .containsExactly(
                        Instant.parse("2026-03-17T10:00:00Z"),
                        Instant.parse("2026-03-24T10:00:00Z"),
                        Instant.parse("2026-03-30T10:00:00Z"));
    }

    @Property
    void warningsAscendBetweenStartAndEnd(
            @ForAll @LongRange(min = 2, max = 100_000_000) long seconds,
            @ForAll @Size(min = 1, max = 8) Set<@LongRange(min = 1, max = 99_999_999) Long> before) {
        Duration period = Duration.ofSeconds(seconds);
        List<Duration> warnings = before.stream()
                .map(each -> Duration.ofSeconds(1 + each % (seconds - 1)))
                .distinct()
                .toList();

        RetentionSchedule schedule = start(policy(period, warnings));

        assertThat(Duration.between(schedule.madeAt(), schedule.endsAt())).isEqualTo(period);
        assertThat(schedule.warnings())
                .hasSize(warnings.size())
                .isSorted()
                .doesNotHaveDuplicates()
                .allMatch(warning -> warning.isAfter(schedule.madeAt()) && warning.isBefore(schedule.endsAt()));
        assertThat(schedule.warnings().stream().map(warning -> Duration.between(warning, schedule.endsAt())))
                .containsExactlyInAnyOrderElementsOf(warnings);
    }

    @Property
    void refusesWarningsOutsideThePeriod(
            @ForAll @IntRange(min = 1, max = 400) int period, @ForAll @IntRange(min = 0, max = 100) int beyond) {
        assertThatThrownBy(() -> policy(Duration.ofDays(period), days(period + beyond)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tenure.retention.warnings");
        assertThatThrownBy(() -> policy(Duration.ofDays(period), days(-beyond)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tenure.retention.warnings");
    }

    @Property
    void refusesAPeriodThatIsNotPositive(@ForAll @IntRange(min = 0, max = 400) int days) {
        assertThatThrownBy(() -> policy(Duration.ofDays(-days), days(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tenure.retention.period");
    }

    @Example
    void refusesNoWarningAndTheSameTwice() {
        assertThatThrownBy(() -> policy(Duration.ofDays(30), List.of()))
                .hasMessageContaining("tenure.retention.warnings");
        assertThatThrownBy(() -> policy(Duration.ofDays(30), days(7, 7)))
                .hasMessageContaining("tenure.retention.warnings");
    }

    @Example
    void refusesAPeriodBelowTheFloor() {
        assertThatThrownBy(() -> new RetentionPolicy(
                        terms(Duration.ofDays(29)), Duration.ofDays(30), days(1), Duration.ofHours(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tenure.retention.floor of PT720H");
        assertThatThrownBy(() ->
                        new RetentionPolicy(terms(Duration.ofDays(30)), Duration.ZERO, days(1), Duration.ofHours(1)))
                .hasMessageContaining("tenure.retention.floor must be positive");
    }

    @Example
    void refusesTermsThatContradictThemselves() {
        Duration month = Duration.ofDays(30);
        assertThatThrownBy(() -> policy(new RetentionTerms(month, Duration.ofDays(29), month, 1, "UTC")))
                .hasMessageContaining("tenure.retention.maximum");
        assertThatThrownBy(() -> policy(new RetentionTerms(month, month, Duration.ofDays(-1), 1, "UTC")))
                .hasMessageContaining("tenure.retention.customer-extension");
        assertThatThrownBy(() -> policy(new RetentionTerms(month, month, month, -1, "UTC")))
                .hasMessageContaining("tenure.retention.customer-extensions");
        assertThatThrownBy(() -> policy(new RetentionTerms(month, month, month, 1, "Mars/Olympus")))
                .hasMessageContaining("tenure.retention.time-zone");
    }

    private static RetentionPolicy policy(RetentionTerms terms) {
        return new RetentionPolicy(terms, Duration.ofDays(1), days(1), Duration.ofHours(1));
    }

    /** However late its notice arrives, an extension promises no more than the end that it names. */
    @Property
    void anExtensionThatIsToldLateMovesNothing(@ForAll @LongRange(min = 1, max = 10_000_000) long secondsLate) {
        RetentionPolicy policy = policy(Duration.ofDays(30), days(14, 7, 1));
        RetentionSchedule second = policy.rescheduled(2, NOW, NOW.plus(Duration.ofDays(60)));
        RetentionNotice notice = RetentionNotice.of(new UUID(7, 7), second, NoticeKind.RETENTION_EXTENDED)
                .getFirst();
        notice.accepted(NOW.plusSeconds(secondsLate), 1);

        assertThat(notice.laterEnd(second.endsAt(), policy)).isEmpty();
        assertThat(notice.promiseEnds(second.endsAt())).isEqualTo(second.endsAt());
    }

    /**
     * However late a warning arrived, the new schedule gives the customer the time that it promised, and warns again.
     */
    @Property
    void aLateWarningMakesAScheduleThatKeepsItsPromise(
            @ForAll @IntRange(max = 2) int which, @ForAll @LongRange(min = 1, max = 10_000_000) long secondsLate) {
        RetentionPolicy policy = policy(Duration.ofDays(30), days(14, 7, 1));
        RetentionSchedule first = start(policy);
        Duration promised = policy.warnings().get(which);
        Instant accepted = first.warnings().get(which).plusSeconds(secondsLate);
        RetentionNotice notice = RetentionNotice.of(new UUID(7, 7), first, NoticeKind.RETENTION_STARTED)
                .get(which + 1);
        notice.accepted(accepted, 1);

        Optional<Instant> later = notice.laterEnd(first.endsAt(), policy);

        assertThat(later.isPresent()).isEqualTo(secondsLate > 3600);
        assertThat(notice.promiseEnds(first.endsAt())).isEqualTo(accepted.plus(promised));
        later.ifPresent(end -> {
            RetentionSchedule second = policy.rescheduled(2, accepted, end);
            assertThat(Duration.between(accepted, end)).isEqualTo(promised);
            assertThat(second.warnings()).hasSize(2 - which).allMatch(accepted::isBefore);
            assertThat(RetentionNotice.of(new UUID(7, 7), second, NoticeKind.RETENTION_RESCHEDULED))
                    .hasSize(3 - which);
        });
    }

    @Example
    void aFailureTakesTheProofAwayUnlessItIsOfAnEarlierAttempt() {
        RetentionNotice notice = RetentionNotice.of(
                        new UUID(7, 7), start(policy(Duration.ofDays(30), days(1))), NoticeKind.RETENTION_STARTED)
                .getLast();
        notice.accepted(NOW, 2);
        notice.delivered(NOW.plusSeconds(1), 2);
        assertThat(notice.failed(1)).isFalse();
        assertThat(notice.isDelivered()).isTrue();
        assertThat(notice.failed(2)).isTrue();
        assertThat(notice.isDelivered()).isFalse();
        notice.delivered(NOW.plusSeconds(2), 3);
        assertThat(notice.isDelivered()).isTrue();
    }

    /** After a failover the database's clock may be behind; the constraints must not refuse a correct change. */
    @Example
    void noNoticeIsDeliveredBeforeItWasAccepted() {
        RetentionNotice notice = RetentionNotice.of(
                        new UUID(7, 7), start(policy(Duration.ofDays(30), days(1))), NoticeKind.RETENTION_STARTED)
                .getLast();
        notice.accepted(NOW, 1);
        notice.delivered(NOW.minusSeconds(5), 1);
        assertThat(notice).extracting("acceptedAt", "deliveredAt").containsExactly(NOW, NOW);
    }

    private static RetentionPolicy policy(Duration period, List<Duration> warnings) {
        return new RetentionPolicy(terms(period), Duration.ofSeconds(1), warnings, Duration.ofHours(1));
    }

    private static RetentionSchedule start(RetentionPolicy policy) {
        return policy.startingAt(NOW, policy.standard());
    }

    private static RetentionTerms terms(Duration period) {
        return new RetentionTerms(period, period.plus(Duration.ofDays(1)), Duration.ofDays(30), 1, "UTC");
    }

    private static List<Duration> days(int... days) {
        return IntStream.of(days).mapToObj(Duration::ofDays).toList();
    }
}

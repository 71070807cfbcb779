package io.tenure.lifecycle.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
        RetentionSchedule schedule = new RetentionPolicy(Duration.ofDays(30), days(1, 14, 7)).startingAt(NOW);

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

        RetentionSchedule schedule = new RetentionPolicy(period, warnings).startingAt(NOW);

        assertThat(Duration.between(schedule.startedAt(), schedule.endsAt())).isEqualTo(period);
        assertThat(schedule.warnings())
                .hasSize(warnings.size())
                .isSorted()
                .doesNotHaveDuplicates()
                .allMatch(warning -> warning.isAfter(schedule.startedAt()) && warning.isBefore(schedule.endsAt()));
        assertThat(schedule.warnings().stream().map(warning -> Duration.between(warning, schedule.endsAt())))
                .containsExactlyInAnyOrderElementsOf(warnings);
    }

    @Property
    void refusesWarningsOutsideThePeriod(
            @ForAll @IntRange(min = 1, max = 400) int period, @ForAll @IntRange(min = 0, max = 100) int beyond) {
        assertThatThrownBy(() -> new RetentionPolicy(Duration.ofDays(period), days(period + beyond)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tenure.retention.warnings");
        assertThatThrownBy(() -> new RetentionPolicy(Duration.ofDays(period), days(-beyond)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tenure.retention.warnings");
    }

    @Property
    void refusesAPeriodThatIsNotPositive(@ForAll @IntRange(min = 0, max = 400) int days) {
        assertThatThrownBy(() -> new RetentionPolicy(Duration.ofDays(-days), days(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tenure.retention.period");
    }

    @Example
    void refusesNoWarningAndTheSameTwice() {
        assertThatThrownBy(() -> new RetentionPolicy(Duration.ofDays(30), List.of()))
                .hasMessageContaining("tenure.retention.warnings");
        assertThatThrownBy(() -> new RetentionPolicy(Duration.ofDays(30), days(7, 7)))
                .hasMessageContaining("tenure.retention.warnings");
    }

    @Example
    void retriesGrowFromASecondToAMinute() {
        RetentionTimer timer = new RetentionTimer(null, NOW, null);
        List<Long> delays = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            timer.postpone(NOW);
            delays.add(Duration.between(NOW, timer.dueAt()).toSeconds());
        }
        assertThat(delays).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L, 60L, 60L, 60L);
        assertThat(timer.attempts()).isEqualTo(12);
    }

    private static List<Duration> days(int... days) {
        return IntStream.of(days).mapToObj(Duration::ofDays).toList();
    }
}

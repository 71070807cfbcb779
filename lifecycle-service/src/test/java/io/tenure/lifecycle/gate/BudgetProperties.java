package io.tenure.lifecycle.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class BudgetProperties {

    private static final Instant TOMORROW = Instant.parse("2026-12-02T00:00:00Z");

    /** Sweeps one after the other, each with as many due as there are: never more start than allowed, and no fewer. */
    @Property
    void inAllSweepsOfADayNoMoreStartThanAllowed(
            @ForAll @IntRange(min = 1, max = 50) int perDay,
            @ForAll @IntRange(max = 50) int released,
            @ForAll @Size(max = 8) List<@IntRange(max = 40) Integer> due) {
        int started = 0;
        for (int each : due) {
            Gate gate = new Gate(false, new Budget(perDay, released, started).left(), TOMORROW);
            for (int i = 0; i < each && !gate.isUsedUp(); i++) {
                gate.pass();
                started++;
            }
        }

        assertThat(started)
                .isEqualTo(Math.min(
                        perDay + released,
                        due.stream().mapToInt(Integer::intValue).sum()));
    }

    @Property
    void whatIsLeftIsNeverNegative(@ForAll @IntRange(min = 1) int perDay, @ForAll long released, @ForAll int started) {
        assertThat(new Budget(perDay, Math.abs(released % 1_000_000_000_000L), Math.max(0, started)).left())
                .isNotNegative();
    }

    /** The number was lowered after more had started. */
    @Example
    void whatStartedCounts() {
        assertThat(new Budget(5, 0, 9).left()).isZero();
        assertThat(new Budget(5, 6, 9).left()).isEqualTo(2);
        assertThat(new Gate(false, new Budget(5, 0, 9).left(), TOMORROW).isUsedUp())
                .isTrue();
    }
}

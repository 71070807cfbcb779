package io.tenure.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class FigureTest {

    @Test
    void medianAndSpreadDoNotDependOnTheOrder() {
        var odd = Figure.of("rate", "1/s", List.of(30.0, 10.0, 20.0));
        assertThat(odd.median()).isEqualTo(20);
        assertThat(odd.min()).isEqualTo(10);
        assertThat(odd.max()).isEqualTo(30);
        assertThat(odd.spread()).isEqualTo(1);
        assertThat(Figure.of("rate", "1/s", List.of(4.0, 1.0, 2.0, 3.0)).median())
                .isEqualTo(2.5);
    }

    @Test
    void oneRoundHasNoSpreadEvenAtZero() {
        assertThat(Figure.of("events", "events", List.of(0.0)).spread()).isZero();
    }

    @Test
    void aMissingFigureSaysWhyAndIsNoNumber() {
        var missing = Figure.missing("rate", "1/s", "no such server");
        assertThat(missing.isMissing()).isTrue();
        assertThat(missing.missing()).isEqualTo("no such server");
        assertThat(missing.median()).isNaN();
    }

    @Test
    void aRatioIsTheMiddleOneOfTheRounds() {
        var ours = Figure.of("ours", "1/s", List.of(10.0, 40.0, 90.0));
        var peer = Figure.of("peer", "1/s", List.of(20.0, 100.0, 100.0));
        assertThat(ours.timesOf(peer)).isEqualTo(0.5);
        assertThat(ours.timesOf(Figure.missing("peer", "1/s", "why"))).isNaN();
        assertThatThrownBy(() -> ours.timesOf(Figure.of("peer", "1/s", List.of(1.0))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFigureHasRoundsOrAReason() {
        assertThatThrownBy(() -> Figure.of("rate", "1/s", List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Figure("rate", "1/s", List.of(1.0), "why"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aReachIsMetOnTheGoodSideOfItsBound() {
        assertThat(Reach.atLeast("ratio", 0.70, 0.70).isMet()).isTrue();
        assertThat(Reach.atLeast("ratio", 0.69, 0.70).isMet()).isFalse();
        assertThat(Reach.atMost("ratio", 3.0, 3).isMet()).isTrue();
        assertThat(Reach.atMost("ratio", 3.1, 3).isMet()).isFalse();
        assertThat(Reach.atMost("ratio", 1.5, 3).score()).isEqualTo(2);
        assertThat(Reach.atMost("difference", -0.1, 3).score()).isGreaterThan(2);
        assertThat(Reach.atLeast("ratio", 0.35, 0.70).score()).isEqualTo(0.5);
    }

    @Test
    void aReachOfAMissingFigureIsMissing() {
        var reach = Reach.atLeast("ratio", Figure.missing("rate", "1/s", "why").median() / 2, 0.70);
        assertThat(reach.value()).isEmpty();
        assertThat(reach.isMet()).isFalse();
        assertThat(reach.missing()).isNotBlank();
    }
}

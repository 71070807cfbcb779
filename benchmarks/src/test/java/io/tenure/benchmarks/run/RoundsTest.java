package io.tenure.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tenure.benchmarks.report.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoundsTest {

    private final List<String> turns = new ArrayList<>();

    private Rounds.Measurement contestant(String name) {
        return () -> {
            turns.add(name);
            return Map.of(name, (double) turns.size());
        };
    }

    @Test
    void whoBeginsMovesOnByOneEachRound() throws Exception {
        Rounds.alternate(0, 3, Map.of("a", "s", "b", "s", "c", "s"), contestant("a"), contestant("b"), contestant("c"));
        assertThat(turns).containsExactly("a", "b", "c", "b", "c", "a", "c", "a", "b");
    }

    @Test
    void warmupsAreMeasuredAndThrownAway() throws Exception {
        var figures = Rounds.alternate(2, 1, Map.of("a", "s", "b", "ms"), contestant("a"), contestant("b"));
        assertThat(turns).hasSize(6);
        assertThat(figures.get("a").rounds()).containsExactly(5.0);
        assertThat(figures.get("b").rounds()).containsExactly(6.0);
        assertThat(figures.get("b").unit()).isEqualTo("ms");
    }

    @Test
    void aFigureThatWasNotMeasuredIsNoticed() {
        assertThatThrownBy(() -> Rounds.alternate(0, 1, Map.of("a", "s", "b", "s"), contestant("a")))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Rounds.alternate(0, 1, Map.of("a", "s"), contestant("a"), contestant("b")))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void stagesOneAfterTheOtherAddTheirTimes() {
        assertThat(Rounds.harmonic(100, 100)).isEqualTo(50, within(1e-9));
        assertThat(Rounds.harmonic(300, 150)).isEqualTo(100, within(1e-9));
    }

    @Test
    void harmonicsAreTakenRoundByRound() {
        var both = Harmonics.of(
                "both",
                "1/s",
                Figure.of("a", "1/s", List.of(100.0, 300.0)),
                Figure.of("b", "1/s", List.of(100.0, 150.0)));
        assertThat(both.rounds())
                .satisfiesExactly(first -> assertThat(first).isEqualTo(50, within(1e-9)), second -> assertThat(second)
                        .isEqualTo(100, within(1e-9)));
    }
}

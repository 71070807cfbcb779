package io.tenure.benchmarks.growth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tenure.benchmarks.report.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GrowthBenchmarkTest {

    private static final GrowthPath PATH = new SweepGrowth();

    private static Figure rate(double... rounds) {
        var values = new ArrayList<Double>();
        for (double round : rounds) {
            values.add(round);
        }
        return Figure.of("rate", "rows/s", values);
    }

    @Test
    void aLargerScaleIsComparedWithTheSmallest() {
        var reaches = GrowthBenchmark.reaches(
                PATH,
                Map.of(
                        Scale.ONE, rate(90, 100, 500),
                        Scale.TEN, rate(85, 85, 85),
                        Scale.HUNDRED, rate(45, 60, 60)));
        assertThat(reaches).hasSize(2);
        assertThat(reaches.get(0).value().orElseThrow()).isEqualTo(0.85, within(1e-9));
        assertThat(reaches.get(0).isMet()).isTrue();
        assertThat(reaches.get(1).value().orElseThrow()).isEqualTo(0.5, within(1e-9));
        assertThat(reaches.get(1).isMet()).isFalse();
    }

    @Test
    void aScaleThatWasNotMeasuredIsMissingWithItsReason() {
        var reaches = GrowthBenchmark.reaches(
                PATH,
                Map.of(
                        Scale.ONE, rate(100),
                        Scale.TEN, rate(100),
                        Scale.HUNDRED, Figure.missing("rate", "rows/s", Scale.ONLY_IN_FULL)));
        assertThat(reaches.get(1).value()).isEmpty();
        assertThat(reaches.get(1).missing()).isEqualTo(Scale.ONLY_IN_FULL);
    }

    @Test
    void theScalesTakeTurnsInEachRound() throws Exception {
        var turns = new ArrayList<Scale>();
        var rates = GrowthBenchmark.alternate(PATH, List.of(Scale.ONE, Scale.TEN), 1, 2, scale -> {
            turns.add(scale);
            return turns.size();
        });
        assertThat(turns).containsExactly(Scale.ONE, Scale.TEN, Scale.TEN, Scale.ONE, Scale.ONE, Scale.TEN);
        assertThat(rates.get(Scale.ONE).rounds()).containsExactly(4.0, 5.0);
        assertThat(rates.get(Scale.TEN).rounds()).containsExactly(3.0, 6.0);
    }
}

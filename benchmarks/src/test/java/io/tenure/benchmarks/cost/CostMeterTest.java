package io.tenure.benchmarks.cost;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenure.benchmarks.cost.CostMeter.Cost;
import io.tenure.benchmarks.cost.CostMeter.Reading;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CostMeterTest {

    private static final Reading BEFORE =
            new Reading(1_000_000_000L, Map.of(Cost.STATEMENTS, 100.0, Cost.ALLOCATED, 5_000.0));
    private static final Reading AFTER =
            new Reading(3_000_000_000L, Map.of(Cost.STATEMENTS, 400.0, Cost.ALLOCATED, 9_000.0));

    @Test
    void whatIdlingCostsInThatTimeIsTakenOff() {
        var costs = AFTER.perUnit(BEFORE, Map.of(Cost.STATEMENTS, 50.0, Cost.ALLOCATED, 0.0), 20);
        assertThat(costs).containsEntry(Cost.STATEMENTS, 10.0).containsEntry(Cost.ALLOCATED, 200.0);
    }

    @Test
    void idlingItselfIsCountedASecond() {
        var idle = AFTER.perUnit(BEFORE, Map.of(), AFTER.secondsSince(BEFORE));
        assertThat(idle).containsEntry(Cost.STATEMENTS, 150.0).containsEntry(Cost.ALLOCATED, 2_000.0);
    }
}

package io.tenure.benchmarks.growth;

import io.tenure.benchmarks.run.Bench;
import java.util.List;

/** How many times the smallest size. */
enum Scale {
    ONE(1),
    TEN(10),
    HUNDRED(100);

    /** Why a short run lacks the largest. */
    static final String ONLY_IN_FULL = "only in a full run: to fill the tables takes too long for a quick one";

    private final int factor;

    Scale(int factor) {
        this.factor = factor;
    }

    /** The sizes that a run measures. */
    static List<Scale> of(Bench bench) {
        return bench.quick() ? List.of(ONE, TEN) : List.of(values());
    }

    int times(int one) {
        return factor * one;
    }

    /** For instance {@code 10x}. */
    @Override
    public String toString() {
        return factor + "x";
    }
}

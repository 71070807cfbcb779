package io.tenure.benchmarks.report;

import java.util.OptionalDouble;

/**
 * A ratio, against what is asked of it.
 *
 * @param what in words, with the bound's meaning
 * @param value empty where it could not be measured
 * @param missing why it could not be measured; null where it was
 */
public record Reach(String what, OptionalDouble value, Sense sense, double bound, String missing) {

    /** On which side of the bound the ratio must be. */
    public enum Sense {
        AT_LEAST,
        AT_MOST
    }

    /** A ratio that must not be smaller than the bound. */
    public static Reach atLeast(String what, double value, double bound) {
        return of(what, value, Sense.AT_LEAST, bound);
    }

    /** A ratio that must not be greater than the bound. */
    public static Reach atMost(String what, double value, double bound) {
        return of(what, value, Sense.AT_MOST, bound);
    }

    /** A ratio that could not be measured, and why. */
    public static Reach missing(String what, Sense sense, double bound, String why) {
        return new Reach(what, OptionalDouble.empty(), sense, bound, why);
    }

    private static Reach of(String what, double value, Sense sense, double bound) {
        return Double.isFinite(value)
                ? new Reach(what, OptionalDouble.of(value), sense, bound, null)
                : missing(what, sense, bound, "a figure that it is made of is missing");
    }

    /** Whether it was measured and is as asked. */
    public boolean isMet() {
        return value.isPresent()
                && switch (sense) {
                    case AT_LEAST -> value.getAsDouble() >= bound;
                    case AT_MOST -> value.getAsDouble() <= bound;
                };
    }

    /** How near it is: 1 at the bound, more beyond it on the good side; NaN where it is missing. */
    double score() {
        if (value.isEmpty()) {
            return Double.NaN;
        }
        return switch (sense) {
            case AT_LEAST -> value.getAsDouble() / bound;
            // A difference of two measurements may come out below zero.
            case AT_MOST -> bound / Math.max(0, value.getAsDouble());
        };
    }
}

package io.tenure.benchmarks.report;

import java.util.List;
import java.util.stream.IntStream;

/**
 * One measured figure.
 *
 * @param rounds one value per round, in the order of measurement; none where it is missing
 * @param missing why it could not be measured; null where it was
 */
public record Figure(String name, String unit, List<Double> rounds, String missing) {

    public Figure {
        rounds = List.copyOf(rounds);
        if (rounds.isEmpty() == (missing == null)) {
            throw new IllegalArgumentException(name + ": a figure has rounds, or says why it has none");
        }
    }

    /** A figure that was measured in each round. */
    public static Figure of(String name, String unit, List<Double> rounds) {
        return new Figure(name, unit, rounds, null);
    }

    /** A figure that could not be measured, and why. */
    public static Figure missing(String name, String unit, String why) {
        return new Figure(name, unit, List.of(), why);
    }

    /** Whether it could not be measured. */
    public boolean isMissing() {
        return missing != null;
    }

    /** The middle value, or the mean of the two in the middle; NaN where it is missing. */
    public double median() {
        if (isMissing()) {
            return Double.NaN;
        }
        var sorted = rounds.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    /**
     * How many times a peer's figure this one is: the median of the rounds' ratios, and not the ratio of the medians,
     * since a machine that is slow for a round is slow for both.
     *
     * @param peer measured in the same rounds
     * @return NaN where one of both is missing
     * @throws IllegalArgumentException when they have different numbers of rounds
     */
    public double timesOf(Figure peer) {
        if (isMissing() || peer.isMissing()) {
            return Double.NaN;
        }
        if (rounds.size() != peer.rounds.size()) {
            throw new IllegalArgumentException(name + " and " + peer.name + " are not of the same rounds");
        }
        return of(
                        name,
                        "",
                        IntStream.range(0, rounds.size())
                                .mapToObj(i -> rounds.get(i) / peer.rounds.get(i))
                                .toList())
                .median();
    }

    double min() {
        return rounds.stream().mapToDouble(r -> r).min().orElse(Double.NaN);
    }

    double max() {
        return rounds.stream().mapToDouble(r -> r).max().orElse(Double.NaN);
    }

    /** The distance between the extremes as a part of the median; 0 where all are alike. */
    double spread() {
        return max() == min() ? 0 : (max() - min()) / median();
    }
}

package io.tenure.benchmarks.run;

import io.tenure.benchmarks.report.Figure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Ours and its peers take turns, so that each meets the machine in the same states. */
public final class Rounds {

    private Rounds() {}

    /** A contestant's turn. */
    public interface Measurement {
        /** @return figure name to value */
        Map<String, Double> measure() throws Exception;
    }

    /**
     * Measures all contestants in each round; each round begins with the next one.
     *
     * @param warmups rounds that are measured like the others and thrown away
     * @param rounds how many count; at least 1
     * @param units figure name to unit, in the order of the result
     * @throws IllegalStateException when a round lacks one of these figures or has another
     */
    public static Map<String, Figure> alternate(
            int warmups, int rounds, Map<String, String> units, Measurement... contestants) throws Exception {
        var values = new LinkedHashMap<String, List<Double>>();
        units.keySet().forEach(name -> values.put(name, new ArrayList<>()));
        for (int round = 0; round < warmups + rounds; round++) {
            var measured = new LinkedHashMap<String, Double>();
            for (int turn = 0; turn < contestants.length; turn++) {
                measured.putAll(contestants[(round + turn) % contestants.length].measure());
            }
            if (!measured.keySet().equals(units.keySet())) {
                throw new IllegalStateException("measured " + measured.keySet() + " instead of " + units.keySet());
            }
            if (round >= warmups) {
                measured.forEach((name, value) -> values.get(name).add(value));
            }
        }
        var figures = new LinkedHashMap<String, Figure>();
        values.forEach((name, all) -> figures.put(name, Figure.of(name, units.get(name), all)));
        return figures;
    }

    /** The rate of two stages one after the other: 1 / (1/a + 1/b). */
    static double harmonic(double a, double b) {
        return 1 / (1 / a + 1 / b);
    }
}

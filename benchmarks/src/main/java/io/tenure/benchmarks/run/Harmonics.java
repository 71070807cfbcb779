package io.tenure.benchmarks.run;

import io.tenure.benchmarks.report.Figure;
import java.util.ArrayList;

/** The combined rate of two figures, round by round. */
public final class Harmonics {

    private Harmonics() {}

    /** @param a and b, measured in the same rounds */
    public static Figure of(String name, String unit, Figure a, Figure b) {
        if (a.isMissing() || b.isMissing()) {
            return Figure.missing(name, unit, a.isMissing() ? a.missing() : b.missing());
        }
        var rounds = new ArrayList<Double>();
        for (int i = 0; i < a.rounds().size(); i++) {
            rounds.add(Rounds.harmonic(a.rounds().get(i), b.rounds().get(i)));
        }
        return Figure.of(name, unit, rounds);
    }
}

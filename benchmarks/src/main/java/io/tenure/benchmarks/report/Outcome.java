package io.tenure.benchmarks.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a benchmark gives back.
 *
 * @param reaches the ratios that are asked for
 * @param setting the configuration of ours and of the peers in full, for a reader who wants to object
 */
public record Outcome(List<Figure> figures, List<Reach> reaches, Map<String, String> setting) {

    /** The same with one more part of the setting. */
    public Outcome with(String what, String value) {
        var more = new LinkedHashMap<>(setting);
        more.put(what, value);
        return new Outcome(figures, reaches, more);
    }
}

package io.tenure.benchmarks.growth;

import io.tenure.benchmarks.report.Figure;
import io.tenure.benchmarks.run.Bench;
import java.util.List;
import java.util.Map;

/** One hot path on data of several sizes: the same service, warm, on each size in turn. */
interface GrowthPath {

    /** For instance {@code command accepted}. */
    String name();

    /** What the rate counts, a second. */
    String unit();

    /** What grows, and how much of it there is at a scale. */
    String size(Scale scale);

    /** How it is measured, for a reader who wants to object. */
    String how(Bench bench);

    /**
     * Measures it.
     *
     * @param scales in this order, the smallest first
     * @return the rate at each
     * @throws Exception when it could not be measured
     */
    Map<Scale, Figure> measure(Bench bench, List<Scale> scales) throws Exception;
}

package io.tenure.benchmarks.run;

import io.tenure.benchmarks.report.Figure;
import io.tenure.benchmarks.report.Outcome;
import io.tenure.benchmarks.report.Subject;

/** One path of the table: ours and its peers, measured in one run. */
public interface Benchmark extends Subject {

    /**
     * Measures it. Whatever it started is stopped when it returns or throws.
     *
     * @throws Exception when it could not be measured at all; a single figure that could not is {@link Figure#missing}
     */
    Outcome run(Bench bench) throws Exception;
}

package io.tenure.benchmarks.load;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * What came of a load.
 *
 * @param done operations that ended well while it counted
 * @param failures operations that did not; a load with any is refused by whoever ran it
 * @param took how long it counted
 * @param nanos latencies
 */
public record Load(long done, long failures, Duration took, Histogram nanos) {

    /** The rate of those that ended well. */
    public double perSecond() {
        return done * 1e9 / took.toNanos();
    }

    /** A percentile of the latencies, from 0 to 100, in milliseconds. */
    public double millis(double percentile) {
        return nanos.getValueAtPercentile(percentile) / 1e6;
    }
}

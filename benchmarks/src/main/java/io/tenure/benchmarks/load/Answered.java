package io.tenure.benchmarks.load;

import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/**
 * An operation of an open loop that ended, in the recording of a run that makes profiles: beside what the services recorded
 * at that moment it shows what the slowest ones waited for. Its time is that of the end.
 */
@Name("io.tenure.benchmarks.load.Answered")
@Label("Operation Answered")
@StackTrace(false)
public final class Answered extends Event {

    @Label("Latency")
    @Timespan
    private final long latency;

    private Answered(long nanos) {
        this.latency = nanos;
    }

    /**
     * Records one.
     *
     * @param nanos from when it was due
     */
    static void record(long nanos) {
        new Answered(nanos).commit();
    }
}

package io.tenure.benchmarks;

import java.time.Duration;

/** Load until a contestant gets no faster, which for a JVM takes as long as its compilers have work. */
final class Warmup {

    private static final Duration SLICE = Duration.ofSeconds(2);

    /** So much faster than any slice before is a reason to go on. */
    private static final double BETTER = 1.03;

    /** So many slices that are not say that it is done. */
    private static final int SLICES_WITHOUT = 4;

    private Warmup() {}

    /** A load that runs for as long as it is told. */
    interface Slice {
        Load run(Duration duration) throws Exception;
    }

    /** Runs it until it gets no faster, and for no longer than this. */
    static void run(Bench bench, String what, Duration most, Slice slice) throws Exception {
        double best = 0;
        double rate = 0;
        int without = 0;
        int slices = 0;
        for (; slices < most.dividedBy(SLICE) && without < SLICES_WITHOUT; slices++) {
            rate = slice.run(SLICE).perSecond();
            without = rate > best * BETTER ? 0 : without + 1;
            best = Math.max(best, rate);
        }
        bench.note("%s warm after %d s: %.0f/s".formatted(what, slices * SLICE.toSeconds(), rate));
    }
}

package io.tenure.benchmarks.run;

import io.tenure.benchmarks.load.Load;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Load before anything counts, for a time that is fixed: a rule that stops when nothing gets faster is misled by a noisy
 * machine. Its rates are printed, so that a reader sees whether they still rose.
 */
public final class Warmup {

    private static final int SLICES = 5;

    private Warmup() {}

    /** A load that runs for as long as it is told. */
    public interface Slice {
        Load run(Duration duration) throws Exception;
    }

    /** Runs it for so long. */
    public static void run(Bench bench, String what, Duration duration, Slice slice) throws Exception {
        List<Double> rates = new ArrayList<>();
        for (int i = 0; i < SLICES; i++) {
            rates.add(slice.run(duration.dividedBy(SLICES)).perSecond());
        }
        bench.note("%s warmed up for %d s: %s/s"
                .formatted(
                        what,
                        duration.toSeconds(),
                        rates.stream().map("%.0f"::formatted).collect(Collectors.joining(", "))));
    }
}

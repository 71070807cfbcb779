package io.tenure.benchmarks.meter;

import java.util.Arrays;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * How long the processor waits for a cache line, by how much memory is in use. On a shared machine this decides more than
 * the clock rate: neighbours that fill the common cache slow every JVM down, and no other figure shows it.
 */
public final class MemoryLatency {

    private static final int LINE = 64 / Integer.BYTES;
    private static final int READS = 2_000_000;
    private static final int[] KIBS = {256, 4 * 1024, 64 * 1024};

    private MemoryLatency() {}

    /** Measures it, in about a second. @return in words, with nanoseconds for each size */
    public static String describe() {
        return Arrays.stream(KIBS)
                .mapToObj(kib -> String.format(Locale.ROOT, "%d KiB: %.0f ns", kib, nanos(kib)))
                .collect(Collectors.joining(", ", "reads that depend on each other, over ", ""));
    }

    private static double nanos(int kib) {
        var memory = cycle(kib * 1024 / Integer.BYTES / LINE);
        int at = follow(memory, 0, READS / 10);
        long began = System.nanoTime();
        at = follow(memory, at, READS);
        double nanos = (double) (System.nanoTime() - began) / READS;
        if (at < 0) {
            throw new IllegalStateException("left the memory");
        }
        return nanos;
    }

    private static int follow(int[] memory, int from, int steps) {
        int at = from;
        for (int i = 0; i < steps; i++) {
            at = memory[at];
        }
        return at;
    }

    /** One way through all lines in random order (Sattolo), so that no prefetcher knows the next. */
    static int[] cycle(int lines) {
        var order = new int[lines];
        for (int i = 0; i < lines; i++) {
            order[i] = i;
        }
        var random = RandomGenerator.of("L64X128MixRandom");
        for (int i = lines - 1; i > 0; i--) {
            int other = random.nextInt(i);
            int swapped = order[i];
            order[i] = order[other];
            order[other] = swapped;
        }
        var memory = new int[lines * LINE];
        for (int i = 0; i < lines; i++) {
            memory[i * LINE] = order[i] * LINE;
        }
        return memory;
    }
}

package io.tenure.benchmarks.meter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * What was taken from a benchmark while it ran: processor time by other machines on the same host (steal of
 * proc_stat(5)), and time in which all that was not idle waited for the disk (full pressure of the kernel's PSI). Zero
 * where the kernel does not tell.
 *
 * @param ticks of all processors since the machine's start
 * @param stolen of them
 * @param stalledMicros since the machine's start
 * @param nanos when this was read, by {@link System#nanoTime}
 */
public record Contention(long ticks, long stolen, long stalledMicros, long nanos) {

    private static final int STEAL = 8;

    /** What it is now. */
    public static Contention now() throws IOException {
        return of(
                Files.readString(Path.of("/proc/stat")),
                Files.isReadable(Path.of("/proc/pressure/io")) ? Files.readString(Path.of("/proc/pressure/io")) : "",
                System.nanoTime());
    }

    /**
     * Out of the kernel's files.
     *
     * @param stat the text of {@code /proc/stat}
     * @param pressure the text of {@code /proc/pressure/io}; may be empty
     */
    static Contention of(String stat, String pressure, long nanos) {
        var cpu = stat.lines().findFirst().orElseThrow().split("\\s+");
        // Time of guests, which follows, is part of user time.
        long ticks = Arrays.stream(cpu, 1, STEAL + 1).mapToLong(Long::parseLong).sum();
        long stalled = pressure.lines()
                .filter(line -> line.startsWith("full "))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf("total=") + "total=".length())))
                .sum();
        return new Contention(ticks, Long.parseLong(cpu[STEAL]), stalled, nanos);
    }

    /** What happened since an earlier reading, in words. */
    public String since(Contention earlier) {
        return String.format(
                Locale.ROOT,
                "other machines took %.1f %% of the processors' time; for %.1f %% of the time all work waited for the disk",
                100.0 * (stolen - earlier.stolen) / Math.max(1, ticks - earlier.ticks),
                100_000.0 * (stalledMicros - earlier.stalledMicros) / Math.max(1, nanos - earlier.nanos));
    }
}

package io.tenure.benchmarks.meter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;

/** Processor time of processes, as Linux counts it. */
public final class ProcessorTime {

    /** Ticks a second of /proc; what sysconf(_SC_CLK_TCK) says on every Linux of this architecture. */
    private static final double TICKS = 100;

    /** Places of utime, stime, cutime and cstime behind the process's name, see proc(5). */
    private static final int USER = 11;

    private static final int KERNEL = 12;
    private static final int USER_OF_CHILDREN = 13;
    private static final int KERNEL_OF_CHILDREN = 14;

    private ProcessorTime() {}

    /**
     * Seconds that these processes have computed since they began, in user and kernel mode; an ended one counts
     * nothing.
     */
    public static double seconds(Collection<Long> pids) throws IOException {
        long ticks = 0;
        for (long pid : pids) {
            ticks += ticks(pid, USER, KERNEL);
        }
        return ticks / TICKS;
    }

    /** Seconds that the ended children of a process had computed. */
    public static double secondsOfEndedChildren(long pid) throws IOException {
        return ticks(pid, USER_OF_CHILDREN, KERNEL_OF_CHILDREN) / TICKS;
    }

    private static long ticks(long pid, int user, int kernel) throws IOException {
        try {
            var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // The second field, the name in parentheses, may hold blanks.
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return Long.parseLong(fields[user]) + Long.parseLong(fields[kernel]);
        } catch (NoSuchFileException ended) {
            return 0;
        }
    }
}

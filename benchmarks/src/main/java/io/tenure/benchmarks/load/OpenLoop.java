package io.tenure.benchmarks.load;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A constant rate, whatever the answers do. Latency counts from when an operation was due and not from when a client
 * was free for it, so that a stall also counts for all operations that became due meanwhile (no coordinated omission).
 */
public final class OpenLoop {

    private OpenLoop() {}

    /**
     * Runs it.
     *
     * @param perSecond operations that become due a second, evenly spaced
     * @param maxInFlight how many clients there are; where all are busy the next operations wait, and their time runs
     * @param warmup time before it counts
     * @throws IllegalStateException when an operation failed
     */
    public static Load run(double perSecond, int maxInFlight, Duration warmup, Duration duration, ClosedLoop.Op op)
            throws InterruptedException {
        var sequence = new AtomicLong();
        double interval = 1e9 / perSecond;
        long start = System.nanoTime();
        long from = start + warmup.toNanos();
        long until = from + duration.toNanos();
        var last = new AtomicLong(from);
        var nanos = new Clients().run(maxInFlight, (client, record) -> {
            while (record.goesOn()) {
                long mine = sequence.getAndIncrement();
                long due = start + (long) (mine * interval);
                if (due >= until) {
                    return;
                }
                sleepUntil(due);
                op.run(client, mine);
                if (due >= from) {
                    long ended = System.nanoTime();
                    record.done(ended - due);
                    Answered.record(ended - due);
                    last.accumulateAndGet(ended, Math::max);
                }
            }
        });
        // Longer than asked for where it fell behind, so that the rate shows it.
        var took = Duration.ofNanos(Math.max(duration.toNanos(), last.get() - from));
        return new Load(nanos.getTotalCount(), 0, took, nanos);
    }

    private static void sleepUntil(long due) {
        long left;
        while ((left = due - System.nanoTime()) > 0) {
            LockSupport.parkNanos(left);
        }
    }
}

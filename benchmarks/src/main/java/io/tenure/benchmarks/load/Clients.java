package io.tenure.benchmarks.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;

/** Threads that carry a load, and what they saw. The first failure ends it. */
public final class Clients {

    /** What a client does until it is told to stop. */
    public interface Work {
        void run(int client, Record record) throws Exception;
    }

    /** What one client saw; for its own thread only. */
    public final class Record {
        private final Histogram nanos = new Histogram(LONGEST_NANOS, DIGITS);

        /** Whether to go on. */
        public boolean goesOn() {
            return failure.get() == null;
        }

        /** An operation that ended well while it counted. */
        void done(long latencyNanos) {
            nanos.recordValue(Math.min(latencyNanos, LONGEST_NANOS));
        }
    }

    private static final long LONGEST_NANOS = Duration.ofMinutes(2).toNanos();
    private static final int DIGITS = 3;

    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final AtomicLong failures = new AtomicLong();

    /**
     * Runs it on so many threads until all have ended.
     *
     * @return all latencies
     * @throws IllegalStateException when an operation failed, with the first failure as its cause
     */
    public Histogram run(int clients, Work work) throws InterruptedException {
        var records = new ArrayList<Record>();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < clients; i++) {
            int client = i;
            var record = new Record();
            records.add(record);
            threads.add(Thread.ofPlatform().name("client-" + client).start(() -> run(client, record, work)));
        }
        for (var thread : threads) {
            thread.join();
        }
        if (failure.get() != null) {
            throw new IllegalStateException(
                    failures.get() + " operations failed, the first with: " + failure.get(), failure.get());
        }
        return sum(records);
    }

    private void run(int client, Record record, Work work) {
        try {
            work.run(client, record);
        } catch (Exception e) {
            failures.incrementAndGet();
            failure.compareAndSet(null, e);
        }
    }

    private static Histogram sum(List<Record> records) {
        var all = new Histogram(LONGEST_NANOS, DIGITS);
        records.forEach(r -> all.add(r.nanos));
        return all;
    }
}

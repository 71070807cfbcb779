package io.tenure.benchmarks.load;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** As fast as so many clients go, each waiting for its answer before it asks again: for throughput, not for latency. */
public final class ClosedLoop {

    private ClosedLoop() {}

    /** One operation. */
    public interface Op {
        /**
         * Does it and returns when it is done.
         *
         * @param client which one, from 0
         * @param sequence counts all operations of this load, from 0
         * @throws Exception when it failed, which fails the load
         */
        void run(int client, long sequence) throws Exception;
    }

    /**
     * Runs it.
     *
     * @param warmup time before it counts
     * @throws IllegalStateException when an operation failed
     */
    public static Load run(int clients, Duration warmup, Duration duration, Op op) throws InterruptedException {
        var sequence = new AtomicLong();
        long from = System.nanoTime() + warmup.toNanos();
        long until = from + duration.toNanos();
        var nanos = new Clients().run(clients, (client, record) -> {
            long began = System.nanoTime();
            while (began < until && record.goesOn()) {
                op.run(client, sequence.getAndIncrement());
                long ended = System.nanoTime();
                if (ended >= from && ended <= until) {
                    record.done(ended - began);
                }
                began = ended;
            }
        });
        return new Load(nanos.getTotalCount(), 0, duration, nanos);
    }
}

package io.tenure.benchmarks.run;

import java.time.Duration;

/**
 * How long a load runs.
 *
 * @param warmup of ours before anything counts; see {@link Warmup}
 * @param settle at the beginning of each round, not counted
 * @param round counted, for throughput
 * @param latency counted, for latency: a p99 needs more requests than a rate
 */
public record Times(Duration warmup, Duration settle, Duration round, Duration latency) {

    /** Those of this run: shorter where it is a quick one. */
    public static Times of(Bench bench) {
        return bench.quick()
                ? new Times(
                        Duration.ofSeconds(8), Duration.ofMillis(200), Duration.ofMillis(500), Duration.ofMillis(800))
                : new Times(
                        Duration.ofSeconds(100), Duration.ofSeconds(1), Duration.ofSeconds(4), Duration.ofSeconds(4));
    }

    /** Of an endpoint that does nothing. */
    public Duration warmupOfNoop() {
        return warmup.multipliedBy(3).dividedBy(10);
    }

    /** Of a loop of statements in this JVM. */
    public Duration warmupOfLoop() {
        return warmup.dividedBy(6);
    }

    @Override
    public String toString() {
        return "before anything counts, ours is warmed up for %d s, the no-op endpoint for %d s, the loop for %d s; a round counts for %.1f s (for latency, where it is measured, %.1f s) after %.1f s that do not"
                .formatted(
                        warmup.toSeconds(),
                        warmupOfNoop().toSeconds(),
                        warmupOfLoop().toSeconds(),
                        round.toMillis() / 1e3,
                        latency.toMillis() / 1e3,
                        settle.toMillis() / 1e3);
    }
}

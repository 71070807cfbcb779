package io.tenure.benchmarks;

import java.time.Duration;

/**
 * How long a load runs.
 *
 * @param warmup at most, for each contestant before anything counts; see {@link Warmup}
 * @param settle at the beginning of each round, not counted
 * @param round counted, for throughput
 * @param latency counted, for latency: a p99 needs more requests than a rate
 */
record Times(Duration warmup, Duration settle, Duration round, Duration latency) {

    static Times of(Bench bench) {
        return bench.quick()
                ? new Times(
                        Duration.ofSeconds(30),
                        Duration.ofMillis(300),
                        Duration.ofMillis(1200),
                        Duration.ofMillis(2500))
                : new Times(
                        Duration.ofSeconds(90), Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(6));
    }

    @Override
    public String toString() {
        return "each warmed up before anything counts, until it gets no faster and for at most %d s; a round counts for %.1f s (for latency, where it is measured, %.1f s) after %.1f s that do not"
                .formatted(
                        warmup.toSeconds(), round.toMillis() / 1e3, latency.toMillis() / 1e3, settle.toMillis() / 1e3);
    }
}

package io.tenure.benchmarks.relay;

import io.tenure.benchmarks.load.ClosedLoop;
import io.tenure.benchmarks.load.HttpLoad;
import io.tenure.benchmarks.load.OpenLoop;
import io.tenure.benchmarks.peer.NoopService;
import io.tenure.benchmarks.run.Bench;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * Events through the whole path at a steady rate: a POST records one in a transaction, the relay brings it to Kafka, a
 * consumer receives it.
 */
public final class RecordedLoad implements AutoCloseable {

    /** Events a second. */
    public static final double RATE = 500;

    /** The figure of the median, in milliseconds. */
    public static final String P50 = "recorded to consumer at 500/s, p50";

    /** The figure of the 99th percentile, in milliseconds. */
    public static final String P99 = "recorded to consumer at 500/s, p99";

    static final Map<String, String> UNITS = Map.of(P50, "ms", P99, "ms");

    /** How both are measured, for a reader who wants to object. */
    public static final String HOW =
            "open loop of 500 POST /v1/recorded a second; age of each event when a plain KafkaConsumer"
                    + " in the benchmark's JVM receives it. The event's own time is taken before its INSERT, so the figures hold"
                    + " insert and commit too, and are an upper bound of commit to consumer. Before the rounds a closed loop of 8"
                    + " clients warms the service up";

    private static final int CONNECTIONS = 32;
    private static final byte[] NOTHING = {};

    private final Bench bench;
    private final HttpLoad http;
    private final Arrivals arrivals;

    /**
     * Connects to the service and to its topic.
     *
     * @param service the base address of a {@link NoopService}
     */
    public RecordedLoad(Bench bench, URI service) throws Exception {
        this.bench = bench;
        this.http = HttpLoad.open(service, CONNECTIONS);
        this.arrivals = Arrivals.of(bench.platform().kafka(), NoopService.TOPIC);
    }

    /** Records one event. */
    public void record() throws Exception {
        record(0);
    }

    private void record(int connection) throws Exception {
        var answer = http.post(
                connection, "/v1/recorded", NOTHING, "Authorization", "Bearer " + bench.token("account-manager"));
        if (answer.status() / 100 != 2) {
            throw new IllegalStateException("POST /v1/recorded answered " + answer.status());
        }
    }

    /** As fast as it goes, until the service's code is compiled. */
    public void warmUp(Duration duration) throws Exception {
        ClosedLoop.run(8, Duration.ZERO, duration, (connection, sequence) -> record(connection));
        // What it recorded arrives before the first round.
        run(Duration.ofSeconds(1));
        Thread.sleep(1000);
    }

    /** One round at the rate. @return the figures of {@link #UNITS} */
    public Map<String, Double> run(Duration duration) throws Exception {
        arrivals.forget();
        var load =
                OpenLoop.run(RATE, CONNECTIONS, Duration.ZERO, duration, (connection, sequence) -> record(connection));
        var micros = arrivals.await(load.done());
        return Map.of(
                P50, micros.getValueAtPercentile(50) / 1e3,
                P99, micros.getValueAtPercentile(99) / 1e3);
    }

    @Override
    public void close() throws Exception {
        arrivals.close();
        http.close();
    }
}

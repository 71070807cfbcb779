package io.tenure.benchmarks.debezium;

import io.tenure.benchmarks.fill.OutboxRows;
import io.tenure.benchmarks.load.OpenLoop;
import io.tenure.benchmarks.peer.NoopService;
import io.tenure.benchmarks.relay.Arrivals;
import io.tenure.benchmarks.relay.RecordedLoad;
import io.tenure.benchmarks.report.Figure;
import io.tenure.benchmarks.report.Outcome;
import io.tenure.benchmarks.report.Reach;
import io.tenure.benchmarks.run.Bench;
import io.tenure.benchmarks.run.Benchmark;
import io.tenure.benchmarks.run.Rounds;
import io.tenure.local.server.Topics;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** b2. How long an event takes from its recording to a consumer: our relay beside Debezium's outbox connector. */
public final class DebeziumBenchmark implements Benchmark {

    private static final String TOPIC = "bench.debezium";
    private static final Duration DEFAULT_POLL = Duration.ofMillis(500);
    private static final Duration SHORT_POLL = Duration.ofMillis(10);
    private static final int WRITERS = 8;

    private static final String OURS = "relay";
    private static final String DEFAULT = "Debezium, poll interval 500 ms (default)";
    private static final String OURS_BESIDE_SHORT = "relay, in turns with polling every 10 ms";
    private static final String SHORT = "Debezium, poll interval 10 ms";
    private static final String ONLY_IN_FULL = "only in a full run: it takes an engine and rounds of its own";

    @Override
    public String id() {
        return "b2";
    }

    @Override
    public String name() {
        return "debezium";
    }

    @Override
    public String title() {
        return "Outbox relay beside Debezium: recorded to consumer at 500 events/s";
    }

    @Override
    public Outcome run(Bench bench) throws Exception {
        var duration = Duration.ofMillis(bench.quick() ? 600 : 5_000);
        var kafka = bench.platform().kafka();
        kafka.ensureTopics(List.of(TOPIC), Topics.PARTITIONS);
        try (var service = NoopService.start(bench, Map.of());
                var load = new RecordedLoad(bench, service.url());
                var postgres = LogicalPostgres.start(bench);
                var arrivals = Arrivals.of(kafka, TOPIC)) {
            bench.note("debezium: %.1f s per turn".formatted(duration.toMillis() / 1e3));
            load.warmUp(Duration.ofSeconds(bench.quick() ? 3 : 20));
            var beside = new Beside(bench, load, postgres, arrivals, duration);
            var figures = new ArrayList<Figure>();
            var byDefault = beside.measure(OURS, DEFAULT, DEFAULT_POLL);
            figures.addAll(byDefault.values());
            if (bench.quick()) {
                figures.add(Figure.missing(SHORT, "ms", ONLY_IN_FULL));
            } else {
                figures.addAll(
                        beside.measure(OURS_BESIDE_SHORT, SHORT, SHORT_POLL).values());
            }
            var reach = Reach.atMost(
                    "our p50 of that of Debezium's default",
                    byDefault.get(p50(OURS)).timesOf(byDefault.get(p50(DEFAULT))),
                    0.10);
            return new Outcome(figures, List.of(reach), setting());
        }
    }

    private static String p50(String name) {
        return name + ", p50";
    }

    private static String p99(String name) {
        return name + ", p99";
    }

    /** Both in turns; Debezium's engine stays, idle while ours is measured. */
    private record Beside(
            Bench bench, RecordedLoad load, LogicalPostgres postgres, Arrivals arrivals, Duration duration) {

        Map<String, Figure> measure(String ours, String name, Duration pollInterval) throws Exception {
            var units = new LinkedHashMap<String, String>();
            for (var each : List.of(ours, name)) {
                units.put(p50(each), "ms");
                units.put(p99(each), "ms");
            }
            var broker = bench.platform().kafka();
            var writers = new ArrayList<Connection>();
            try (var relay = DebeziumRelay.start(broker, postgres.address(), pollInterval)) {
                for (int i = 0; i < WRITERS; i++) {
                    writers.add(postgres.connect());
                }
                // The engine's first seconds, with its classes and its slot, are no part of the figure.
                debezium(name, writers, Duration.ofSeconds(1));
                return Rounds.alternate(
                        bench.warmups(),
                        bench.rounds(),
                        units,
                        () -> ours(ours),
                        () -> debezium(name, writers, duration));
            } finally {
                for (var writer : writers) {
                    writer.close();
                }
            }
        }

        private Map<String, Double> ours(String name) throws Exception {
            var latency = load.run(duration);
            return Map.of(p50(name), latency.get(RecordedLoad.P50), p99(name), latency.get(RecordedLoad.P99));
        }

        private Map<String, Double> debezium(String name, List<Connection> writers, Duration duration)
                throws Exception {
            arrivals.forget();
            var micros = arrivals.await(write(writers, duration));
            return Map.of(
                    p50(name), micros.getValueAtPercentile(50) / 1e3,
                    p99(name), micros.getValueAtPercentile(99) / 1e3);
        }
    }

    private static long write(List<Connection> writers, Duration duration) throws SQLException, InterruptedException {
        return OpenLoop.run(
                        RecordedLoad.RATE,
                        writers.size(),
                        Duration.ZERO,
                        duration,
                        (writer, sequence) -> OutboxRows.insertOne(writers.get(writer), "outbox", TOPIC, sequence))
                .done();
    }

    private static Map<String, String> setting() {
        var setting = new LinkedHashMap<String, String>();
        setting.put("relay", RecordedLoad.HOW);
        setting.put(
                "peer: Debezium",
                ("its engine in the benchmark's JVM on a PostgreSQL of its own with wal_level=logical, fsync and"
                                + " synchronous_commit on; a producer with acks=all, idempotence and linger.ms=0; %d"
                                + " JDBC connections insert 500 rows a second in an open loop, a transaction each, and"
                                + " the event's time is taken just before the INSERT. Its engine runs one second first, and stays while ours is measured.\n%s")
                        .formatted(WRITERS, DebeziumRelay.options(DEFAULT_POLL)));
        return setting;
    }
}

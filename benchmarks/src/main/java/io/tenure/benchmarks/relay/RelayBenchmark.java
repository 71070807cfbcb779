package io.tenure.benchmarks.relay;

import io.tenure.benchmarks.fill.OutboxRows;
import io.tenure.benchmarks.meter.Gone;
import io.tenure.benchmarks.peer.NoopService;
import io.tenure.benchmarks.report.Figure;
import io.tenure.benchmarks.report.Outcome;
import io.tenure.benchmarks.report.Reach;
import io.tenure.benchmarks.run.Bench;
import io.tenure.benchmarks.run.Benchmark;
import io.tenure.benchmarks.run.Harmonics;
import io.tenure.benchmarks.run.Rounds;
import io.tenure.local.server.Topics;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * b. The outbox relay in a service that does nothing else: a full outbox drained to Kafka, beside its SQL alone and
 * Kafka's producer alone; and how long single events take at a steady rate.
 */
public final class RelayBenchmark implements Benchmark {

    /** As in the services' defaults. */
    private static final int BATCH = 500;

    /** The topic that the measured relay sends to. */
    public static final String RELAYED = "bench.relayed";

    private static final String PRODUCED = "bench.produced";

    private static final String RELAY = "relay";
    private static final String SQL = "claim, read and delete in SQL";
    private static final String PRODUCER = "ProducerPerformance";

    @Override
    public String id() {
        return "b";
    }

    @Override
    public String name() {
        return "relay";
    }

    @Override
    public String title() {
        return "Outbox relay: row to acknowledged record";
    }

    @Override
    public Outcome run(Bench bench) throws Exception {
        int rows = bench.quick() ? 10_000 : 50_000;
        var kafka = bench.platform().kafka();
        kafka.ensureTopics(List.of(RELAYED, PRODUCED), Topics.PARTITIONS);
        var producer = new ProducerPeer(kafka, PRODUCED, rows, OutboxRows.payloadBytes());
        try (var service = NoopService.start(bench, Map.of());
                var load = new RecordedLoad(bench, service.url());
                var owner = bench.connectAsOwner(NoopService.NAME)) {
            makeRawOutbox(owner);
            bench.note("relay: draining %d rows per round".formatted(rows));
            var throughput = Rounds.alternate(
                    bench.warmups(),
                    bench.rounds(),
                    Map.of(RELAY, "events/s", SQL, "events/s", PRODUCER, "events/s"),
                    () -> Map.of(RELAY, rows / drainSeconds(bench, owner, load, rows)),
                    () -> Map.of(SQL, rows / rawSeconds(bench, owner, rows)),
                    () -> Map.of(PRODUCER, producer.perSecond()));
            bench.note("relay: latency at %.0f events/s".formatted(RecordedLoad.RATE));
            load.warmUp(Duration.ofSeconds(bench.quick() ? 5 : 90));
            var latency = Rounds.alternate(
                    0, bench.rounds(), RecordedLoad.UNITS, () -> load.run(Duration.ofSeconds(bench.quick() ? 1 : 10)));
            return outcome(throughput, latency, rows, producer);
        }
    }

    private static Outcome outcome(
            Map<String, Figure> throughput, Map<String, Figure> latency, int rows, ProducerPeer producer) {
        var limit = Harmonics.of("limit: harmonic of both", "events/s", throughput.get(SQL), throughput.get(PRODUCER));
        var figures = List.of(
                throughput.get(RELAY),
                throughput.get(SQL),
                throughput.get(PRODUCER),
                limit,
                latency.get(RecordedLoad.P50),
                latency.get(RecordedLoad.P99));
        var reaches = List.of(
                Reach.atLeast("relay of limit", throughput.get(RELAY).timesOf(limit), 0.60),
                Reach.atMost(
                        "commit to consumer, p50 in ms",
                        latency.get(RecordedLoad.P50).median(),
                        10),
                Reach.atMost(
                        "commit to consumer, p99 in ms",
                        latency.get(RecordedLoad.P99).median(),
                        25));
        var setting = new LinkedHashMap<String, String>();
        setting.put(
                "data",
                "%d rows in one transaction, payload of %d bytes, %d tenants; the table vacuumed before each round"
                        .formatted(rows, OutboxRows.payloadBytes(), OutboxRows.TENANTS));
        setting.put(
                "relay",
                "the no-op service with the service kit's relay, batches of %d, %d partitions; from the commit to the"
                                .formatted(BATCH, Topics.PARTITIONS)
                        + " deletion of the last row. One POST right after the commit wakes it as a command would");
        setting.put(
                "peer: SQL",
                "one JDBC connection, batches of %d, a table of the same columns and indexes:\n%s\n%s\n%s\nCOMMIT"
                        .formatted(BATCH, RawRelay.CLAIM, RawRelay.READ, RawRelay.DELETE));
        setting.put("peer: producer", producer.shown() + "\nin a warm JVM with -Xmx256m -XX:+UseSerialGC");
        setting.put("latency", RecordedLoad.HOW);
        return new Outcome(figures, reaches, setting);
    }

    private static void makeRawOutbox(Connection owner) throws SQLException {
        try (var statement = owner.createStatement()) {
            statement.execute("CREATE TABLE raw_outbox (LIKE outbox INCLUDING ALL)");
            statement.execute("ALTER TABLE raw_outbox SET (autovacuum_vacuum_scale_factor = 0,"
                    + " autovacuum_vacuum_threshold = 2000)");
            statement.execute("GRANT SELECT, INSERT, DELETE ON raw_outbox TO " + NoopService.NAME);
        }
    }

    static double drainSeconds(Bench bench, Connection owner, RecordedLoad load, int rows) throws Exception {
        vacuum(owner, "outbox");
        try (var connection = bench.connect(NoopService.NAME)) {
            connection.setAutoCommit(false);
            long last = OutboxRows.insert(connection, "outbox", RELAYED, rows);
            connection.commit();
            long committed = System.nanoTime();
            load.record();
            connection.setAutoCommit(true);
            try (var present = connection.prepareStatement("SELECT FROM outbox WHERE seq = ?");
                    var left = connection.prepareStatement("SELECT FROM outbox LIMIT 1")) {
                // The relay goes by seq: when the last row is gone, all are, and it is cheap to look for.
                present.setLong(1, last);
                Gone.await(present, 3);
                Gone.await(left, 3);
                return (System.nanoTime() - committed) / 1e9;
            }
        }
    }

    private static double rawSeconds(Bench bench, Connection owner, int rows) throws SQLException {
        vacuum(owner, "raw_outbox");
        try (var connection = bench.connect(NoopService.NAME)) {
            connection.setAutoCommit(false);
            OutboxRows.insert(connection, "raw_outbox", RELAYED, rows);
            connection.commit();
            long start = System.nanoTime();
            int deleted = new RawRelay(BATCH).drain(connection);
            double seconds = (System.nanoTime() - start) / 1e9;
            if (deleted != rows) {
                throw new IllegalStateException(deleted + " of " + rows + " rows were taken");
            }
            return seconds;
        }
    }

    private static void vacuum(Connection owner, String table) throws SQLException {
        try (var statement = owner.createStatement()) {
            statement.execute("VACUUM " + table);
        }
    }
}

package io.tenure.benchmarks.cost;

import io.tenure.benchmarks.meter.ProcessorTime;
import io.tenure.benchmarks.run.Bench;
import io.tenure.benchmarks.run.Running;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts what a service costs while it does something, less what it costs in the same time while it does nothing. */
final class CostMeter implements AutoCloseable {

    /** What is counted. */
    enum Cost {
        STATEMENTS("SQL statements", "statements"),
        ROUND_TRIPS("round trips to PostgreSQL", "round trips"),
        DATABASE_SENT("bytes to PostgreSQL", "B"),
        DATABASE_RECEIVED("bytes from PostgreSQL", "B"),
        WAL("write-ahead log", "B"),
        HTTP_RECEIVED("HTTP request", "B"),
        HTTP_SENT("HTTP answer", "B"),
        KAFKA_BYTES("record batches to Kafka", "B"),
        KAFKA_REQUESTS("requests to Kafka with records", "requests"),
        ALLOCATED("allocated on the service's heap", "B"),
        SERVICE_TIME("processor time of the service", "µs"),
        DATABASE_TIME("processor time of PostgreSQL", "µs");

        private final String words;
        private final String unit;

        Cost(String words, String unit) {
            this.words = words;
            this.unit = unit;
        }

        String words() {
            return words;
        }

        String unit() {
            return unit;
        }
    }

    /** Something that costs. */
    interface Work {
        /** @return how many of what is counted for were done */
        long run() throws Exception;
    }

    /**
     * What was counted up to now.
     *
     * @param nanos when
     */
    record Reading(long nanos, Map<Cost, Double> amounts) {

        double secondsSince(Reading before) {
            return (nanos - before.nanos) / 1e9;
        }

        /** @param idle amounts a second while nothing is done. @return the amounts of each of so many units */
        Map<Cost, Double> perUnit(Reading before, Map<Cost, Double> idle, double units) {
            var costs = new EnumMap<Cost, Double>(Cost.class);
            amounts.forEach((cost, amount) -> costs.put(
                    cost,
                    (amount - before.amounts.get(cost) - idle.getOrDefault(cost, 0.0) * secondsSince(before)) / units));
            return costs;
        }
    }

    private final WireTap database;
    private final WireTap http;
    private final long service;
    private final ProcessHandle postmaster;
    private final RemoteJvm serviceJvm;
    private final RemoteJvm broker;
    private final Connection superuser;
    private Map<Cost, Double> idle = Map.of();

    /**
     * A meter.
     *
     * @param database between the service and PostgreSQL
     * @param http between clients and the service
     */
    CostMeter(Bench bench, Running service, WireTap database, WireTap http) throws IOException, SQLException {
        this.database = database;
        this.http = http;
        this.service = service.pid();
        this.serviceJvm = RemoteJvm.attach(service.pid());
        this.broker = RemoteJvm.attach(
                bench.platform().kafka().process().orElseThrow().pid());
        this.superuser = bench.connectAsSuperuser("postgres");
        this.postmaster = parentOfServerProcess();
    }

    /** Not the process that was started, which may only have changed its user. */
    private ProcessHandle parentOfServerProcess() throws SQLException {
        try (var select = superuser.createStatement();
                var rows = select.executeQuery("SELECT pg_backend_pid()")) {
            rows.next();
            return ProcessHandle.of(rows.getLong(1))
                    .flatMap(ProcessHandle::parent)
                    .orElseThrow();
        }
    }

    /** Finds out what idling costs, which is taken off from then on. */
    void idleFor(Duration duration) throws Exception {
        var before = read();
        Thread.sleep(duration);
        var after = read();
        idle = after.perUnit(before, Map.of(), after.secondsSince(before));
    }

    /** What each unit of this work costs. */
    Map<Cost, Double> perUnit(Work work) throws Exception {
        var before = read();
        long units = work.run();
        return read().perUnit(before, idle, units);
    }

    private Reading read() throws IOException, SQLException {
        var amounts = new EnumMap<Cost, Double>(Cost.class);
        amounts.put(Cost.STATEMENTS, (double) database.statements());
        amounts.put(Cost.ROUND_TRIPS, (double) database.roundTrips());
        amounts.put(Cost.DATABASE_SENT, (double) database.sent());
        amounts.put(Cost.DATABASE_RECEIVED, (double) database.received());
        amounts.put(Cost.WAL, walBytes());
        amounts.put(Cost.HTTP_RECEIVED, (double) http.sent());
        amounts.put(Cost.HTTP_SENT, (double) http.received());
        amounts.put(Cost.KAFKA_BYTES, (double)
                broker.sum("kafka.server:type=BrokerTopicMetrics,name=BytesInPerSec", "Count"));
        amounts.put(Cost.KAFKA_REQUESTS, (double)
                broker.sum("kafka.network:type=RequestMetrics,name=RequestsPerSec,request=Produce,version=*", "Count"));
        amounts.put(Cost.ALLOCATED, (double) serviceJvm.allocatedBytes());
        amounts.put(Cost.SERVICE_TIME, ProcessorTime.seconds(List.of(service)) * 1e6);
        amounts.put(Cost.DATABASE_TIME, databaseSeconds() * 1e6);
        return new Reading(System.nanoTime(), amounts);
    }

    private double walBytes() throws SQLException {
        try (var select = superuser.createStatement();
                var rows = select.executeQuery("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")) {
            rows.next();
            return rows.getDouble(1);
        }
    }

    /** Of all its processes, ended ones too, but for those that serve the benchmark's own connections. */
    private double databaseSeconds() throws SQLException, IOException {
        var own = new ArrayList<Long>();
        try (var select = superuser.createStatement();
                var rows = select.executeQuery(
                        "SELECT pid FROM pg_stat_activity WHERE application_name = 'PostgreSQL JDBC Driver'")) {
            while (rows.next()) {
                own.add(rows.getLong(1));
            }
        }
        var others = postmaster
                .children()
                .map(ProcessHandle::pid)
                .filter(pid -> !own.contains(pid))
                .toList();
        return ProcessorTime.seconds(others) + ProcessorTime.secondsOfEndedChildren(postmaster.pid());
    }

    @Override
    public void close() throws IOException, SQLException {
        serviceJvm.close();
        broker.close();
        superuser.close();
    }
}

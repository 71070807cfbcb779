package io.tenure.benchmarks.command;

import io.tenure.benchmarks.load.ClosedLoop;
import io.tenure.benchmarks.load.OpenLoop;
import io.tenure.benchmarks.meter.Drain;
import io.tenure.benchmarks.peer.JdbcPeer;
import io.tenure.benchmarks.peer.NoopService;
import io.tenure.benchmarks.peer.Replay;
import io.tenure.benchmarks.peer.StatementLog;
import io.tenure.benchmarks.peer.StatementLog.Statement;
import io.tenure.benchmarks.report.Outcome;
import io.tenure.benchmarks.report.Reach;
import io.tenure.benchmarks.run.Bench;
import io.tenure.benchmarks.run.Benchmark;
import io.tenure.benchmarks.run.Harmonics;
import io.tenure.benchmarks.run.Rounds;
import io.tenure.benchmarks.run.Running;
import io.tenure.benchmarks.run.Times;
import io.tenure.benchmarks.run.Together;
import io.tenure.benchmarks.run.Warmup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A command accepted: POST /v1/tenants of the packaged provisioning service, with its token checked and its row, its events
 * and its idempotency key committed. Its two stages alone are the peers: an endpoint that does everything but the work, and
 * the service's own SQL without the service.
 */
public final class CommandBenchmark implements Benchmark {

    private static final String OURS = "tenants accepted";
    private static final String NOOP = "no-op endpoint";
    private static final String JDBC = "bare JDBC loop of the same SQL";
    private static final String BOTH = "H, harmonic of the two";
    private static final String BACKLOG = "events waiting for the relay at the end of a round";
    private static final String OURS_P50 = "tenants at half load, p50";
    private static final String OURS_P99 = "tenants at half load, p99";
    private static final String JDBC_P50 = "JDBC loop at half load, p50";
    private static final String JDBC_P99 = "JDBC loop at half load, p99";

    private static final int CLIENTS = Commands.CLIENTS;
    private static final int HEAP_MIB = 256;
    private static final double REACH = 0.70;
    private static final double REACH_P99 = 3;
    private static final String PEER_DATABASE = "command_peer";
    private static final String KEY = "recorded-by-the-benchmark";

    @Override
    public String id() {
        return "a";
    }

    @Override
    public String name() {
        return "command";
    }

    @Override
    public String title() {
        return "Command accepted: POST /v1/tenants, committed with its events";
    }

    @Override
    public Outcome run(Bench bench) throws Exception {
        bench.freshTopics();
        bench.freshDatabase("provisioning");
        bench.freshDatabaseLike("provisioning", PEER_DATABASE);
        var programs = Together.<Running>all(List.of(
                () -> bench.service("provisioning", HEAP_MIB, Map.of()), () -> NoopService.start(bench, Map.of())));
        try (var service = programs.getFirst();
                var noop = programs.getLast();
                var ours = Commands.open(bench, service.url(), Commands.TENANTS);
                var nothing = Commands.open(bench, noop.url(), "/v1/noop");
                var drain = new Drain(bench, "provisioning")) {
            var recorded = new Recorded(bench, ours);
            try (var peer = new JdbcPeer(bench, PEER_DATABASE, recorded.replay, CLIENTS)) {
                return measure(bench, ours, nothing, peer, drain, recorded);
            }
        }
    }

    private static Outcome measure(
            Bench bench, Commands ours, Commands nothing, JdbcPeer peer, Drain drain, Recorded recorded)
            throws Exception {
        var times = Times.of(bench);
        Warmup.run(bench, JDBC, times.warmupOfLoop(), time -> ClosedLoop.run(CLIENTS, Duration.ZERO, time, peer::run));
        Warmup.run(
                bench, NOOP, times.warmupOfNoop(), time -> ClosedLoop.run(CLIENTS, Duration.ZERO, time, nothing::post));
        Warmup.run(bench, OURS, times.warmup(), time -> ClosedLoop.run(CLIENTS, Duration.ZERO, time, ours::post));
        drain.await();
        bench.note("command: throughput");
        var units = new LinkedHashMap<String, String>();
        units.put(OURS, "commands/s");
        units.put(BACKLOG, "events");
        units.put(NOOP, "requests/s");
        units.put(JDBC, "transactions/s");
        var throughput = Rounds.alternate(
                0,
                bench.rounds(),
                units,
                () -> {
                    var load = ClosedLoop.run(CLIENTS, times.settle(), times.round(), ours::post);
                    var backlog = (double) drain.waiting();
                    drain.await();
                    return Map.of(OURS, load.perSecond(), BACKLOG, backlog);
                },
                () -> Map.of(
                        NOOP,
                        ClosedLoop.run(CLIENTS, times.settle(), times.round(), nothing::post)
                                .perSecond()),
                () -> {
                    peer.emptyOutbox();
                    var load = ClosedLoop.run(CLIENTS, times.settle(), times.round(), peer::run);
                    return Map.of(JDBC, load.perSecond());
                });

        double half = throughput.get(OURS).median() / 2;
        double halfOfPeer = throughput.get(JDBC).median() / 2;
        bench.note("command: latency at %.0f/s, of the JDBC loop at %.0f/s".formatted(half, halfOfPeer));
        var latencyUnits = new LinkedHashMap<String, String>();
        for (var name : List.of(OURS_P50, OURS_P99, JDBC_P50, JDBC_P99)) {
            latencyUnits.put(name, "ms");
        }
        var latency = Rounds.alternate(
                0,
                bench.rounds(),
                latencyUnits,
                () -> {
                    var load = OpenLoop.run(half, CLIENTS, times.settle(), times.latency(), ours::post);
                    drain.await();
                    return Map.of(OURS_P50, load.millis(50), OURS_P99, load.millis(99));
                },
                () -> {
                    peer.emptyOutbox();
                    var load = OpenLoop.run(halfOfPeer, CLIENTS, times.settle(), times.latency(), peer::run);
                    return Map.of(JDBC_P50, load.millis(50), JDBC_P99, load.millis(99));
                });

        var both = Harmonics.of(BOTH, "commands/s", throughput.get(NOOP), throughput.get(JDBC));
        var figures = new ArrayList<>(throughput.values());
        figures.add(both);
        figures.addAll(latency.values());
        return new Outcome(
                figures,
                List.of(
                        Reach.atLeast(
                                "accepted commands, as a part of H",
                                throughput.get(OURS).timesOf(both),
                                REACH),
                        Reach.atMost(
                                "p99 at half load, in those of the JDBC loop",
                                latency.get(OURS_P99).timesOf(latency.get(JDBC_P99)),
                                REACH_P99)),
                setting(times, recorded, half));
    }

    private static Map<String, String> setting(Times times, Recorded recorded, double half) {
        var setting = new LinkedHashMap<String, String>();
        setting.put(
                "Ours",
                "packaged provisioning service alone, -Xmx%dm with the options of the container image, 16 database connections; %d keep-alive connections, each request with a bearer token of Keycloak and an Idempotency-Key of its own. Its relay publishes meanwhile, on the same processors"
                        .formatted(HEAP_MIB, CLIENTS));
        setting.put(
                "No-op endpoint",
                "POST /v1/noop of benchmarks/noop-service: same kit, extensions, JVM options, token, headers and body; validates the body and answers the same JSON without any statement");
        setting.put(
                "JDBC loop",
                "%d threads with a connection each (pgjdbc, prepared statements, autocommit off) replay the transaction that the service ran for one such command, as PostgreSQL's statement log recorded it in this run, with new ids and keys; tables and indexes from the service's migrations, in a database of its own (%s); its outbox is emptied before each round. What the service reads after the commit is not replayed"
                        .formatted(CLIENTS, PEER_DATABASE));
        setting.put("PostgreSQL", "one server for both: fsync and synchronous_commit on, otherwise defaults");
        setting.put("Times", times.toString());
        setting.put(
                "Latency",
                "open loop at half of the rate that each has in its throughput rounds: %.0f/s for ours, so that the p99 of a round leaves out the slowest %.0f"
                        .formatted(half, half * times.latency().toMillis() / 1e5));
        setting.put("The transaction", recorded.replay.text());
        setting.put("Read after the commit", recorded.afterwards());
        return setting;
    }

    /** What the service said to the database for one command. */
    private static final class Recorded {

        private final Replay replay;
        private final List<Statement> afterwards;

        Recorded(Bench bench, Commands ours) throws Exception {
            // The first ones prepare statements and fill caches.
            for (int i = 0; i < CLIENTS; i++) {
                ours.post(i, i);
            }
            var answer = new String[1];
            var log = StatementLog.record(bench, () -> answer[0] = ours.post(0, KEY));
            var id = Commands.idOf(answer[0]);
            var mine = StatementLog.transactions(log).stream()
                    .filter(t -> t.stream().anyMatch(s -> s.mentions(id)))
                    .toList();
            var command = mine.stream()
                    .filter(t -> t.stream().anyMatch(s -> s.mentions(KEY)))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("the statement log does not show the command"));
            this.replay = new Replay(command, KEY);
            // The relay mentions the tenant too, in the rows that it reads, which the log does not show.
            this.afterwards = mine.stream()
                    .filter(t -> t != command)
                    .flatMap(List::stream)
                    .toList();
        }

        String afterwards() {
            return afterwards.isEmpty()
                    ? "nothing"
                    : String.join(
                            "\n",
                            afterwards.stream()
                                    .map(s -> s.sql().strip().replaceAll("\\s+", " "))
                                    .toList());
        }
    }
}

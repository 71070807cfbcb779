package io.tenure.benchmarks.redeem;

import io.tenure.benchmarks.load.ClosedLoop;
import io.tenure.benchmarks.load.HttpLoad;
import io.tenure.benchmarks.load.Load;
import io.tenure.benchmarks.meter.Drain;
import io.tenure.benchmarks.peer.NoopService;
import io.tenure.benchmarks.peer.Replay;
import io.tenure.benchmarks.peer.StatementLog;
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
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A one-time link redeemed: POST /v1/reveals of the packaged credential service, which uses the link up, decrypts the
 * secret, erases it and records the event. Beside it an endpoint that does nothing, and the one statement that uses a
 * link up.
 */
public final class RedeemBenchmark implements Benchmark {

    private static final String OURS = "links redeemed";
    private static final String NOOP = "no-op endpoint";
    private static final String JDBC = "bare JDBC loop of the one-statement redeem";
    private static final String BOTH = "H, harmonic of the two";
    private static final String BACKLOG = "events waiting for the relay at the end of a round";

    private static final int CLIENTS = 32;
    private static final int HEAP_MIB = 256;
    private static final double REACH = 0.80;
    private static final String PEER_DATABASE = "redeem_peer";

    /**
     * How many links are made for a load, as a multiple of those that the last one used: a JVM gets faster as it warms
     * up.
     */
    private static final int PLENTY = 3;

    /** For the first load, a second. */
    private static final int FIRST_GUESS = 15_000;

    @Override
    public String id() {
        return "f";
    }

    @Override
    public String name() {
        return "redeem";
    }

    @Override
    public String title() {
        return "Redeem of a one-time credential: POST /v1/reveals, committed";
    }

    @Override
    public Outcome run(Bench bench) throws Exception {
        bench.freshTopics();
        bench.freshDatabase("credential");
        bench.freshDatabaseLike("credential", PEER_DATABASE);
        var envelope = new Envelope(bench.platform().secrets().masterKey("credential"));
        var programs = Together.<Running>all(List.of(
                () -> bench.service("credential", HEAP_MIB, Map.of()), () -> NoopService.start(bench, Map.of())));
        try (var service = programs.getFirst();
                var noop = programs.getLast();
                var owner = bench.connectAsSuperuser("credential");
                var ownerOfPeer = bench.connectAsSuperuser(PEER_DATABASE);
                var ours = HttpLoad.open(service.url(), CLIENTS);
                var nothing = HttpLoad.open(noop.url(), CLIENTS);
                var drain = new Drain(bench, "credential")) {
            var links = new IssuedLinks(owner, envelope);
            var linksOfPeer = new IssuedLinks(ownerOfPeer, envelope);
            links.ensure(2);
            ours(ours, 0, links);
            var replay = recorded(bench, ours, links);
            try (var peer = new OneStatement(bench, linksOfPeer)) {
                return measure(
                        bench,
                        new Contestant(links, (client, sequence) -> ours(ours, client, links)),
                        new Contestant(null, (client, sequence) -> nothing(nothing, client)),
                        new Contestant(linksOfPeer, peer::run),
                        drain,
                        replay);
            }
        }
    }

    /** One of those that are compared, and the links that it uses up. */
    private static final class Contestant {

        private final IssuedLinks links;
        private final ClosedLoop.Op op;
        private double mostASecond = FIRST_GUESS;

        /** @param links null for one that needs none */
        Contestant(IssuedLinks links, ClosedLoop.Op op) {
            this.links = links;
            this.op = op;
        }

        Load run(Duration settle, Duration round) throws Exception {
            if (links != null) {
                links.ensure((int) (settle.plus(round).toMillis() * mostASecond / 1000));
            }
            var load = ClosedLoop.run(CLIENTS, settle, round, op);
            mostASecond = PLENTY * load.perSecond();
            return load;
        }
    }

    private static Outcome measure(
            Bench bench, Contestant ours, Contestant noop, Contestant peer, Drain drain, Replay replay)
            throws Exception {
        var times = Times.of(bench);
        Warmup.run(bench, JDBC, times.warmupOfLoop(), time -> peer.run(Duration.ZERO, time));
        Warmup.run(bench, NOOP, times.warmupOfNoop(), time -> noop.run(Duration.ZERO, time));
        Warmup.run(bench, OURS, times.warmup(), time -> ours.run(Duration.ZERO, time));
        drain.await();
        bench.note("redeem: throughput");
        var units = new LinkedHashMap<String, String>();
        units.put(OURS, "links/s");
        units.put(BACKLOG, "events");
        units.put(NOOP, "requests/s");
        units.put(JDBC, "transactions/s");
        var figures = Rounds.alternate(
                0,
                bench.rounds(),
                units,
                () -> {
                    var load = ours.run(times.settle(), times.round());
                    var backlog = (double) drain.waiting();
                    drain.await();
                    return Map.of(OURS, load.perSecond(), BACKLOG, backlog);
                },
                () -> Map.of(NOOP, noop.run(times.settle(), times.round()).perSecond()),
                () -> Map.of(JDBC, peer.run(times.settle(), times.round()).perSecond()));
        var both = Harmonics.of(BOTH, "links/s", figures.get(NOOP), figures.get(JDBC));
        var all = new ArrayList<>(figures.values());
        all.add(both);
        return new Outcome(
                all,
                List.of(Reach.atLeast(
                        "redeemed links, as a part of H", figures.get(OURS).timesOf(both), REACH)),
                setting(times, replay));
    }

    private static Map<String, String> setting(Times times, Replay replay) {
        var setting = new LinkedHashMap<String, String>();
        setting.put(
                "Ours",
                "packaged credential service alone, -Xmx%dm with the options of the container image, 16 database connections; %d keep-alive connections, each request with a link of its own. Its relay publishes meanwhile, on the same processors"
                        .formatted(HEAP_MIB, CLIENTS));
        setting.put(
                "Data",
                "credentials of machines, eight per tenant, encrypted with the tenant's data key, which the service unwraps with its master key; put in with COPY, then VACUUM ANALYZE and CHECKPOINT, before each round");
        setting.put(
                "No-op endpoint",
                "POST /v1/noop/reveals of benchmarks/noop-service: same kit, extensions, JVM options, headers and body; validates the body and answers the same JSON");
        setting.put(
                "JDBC loop",
                "%d threads with a connection each (pgjdbc, prepared statement, autocommit off), a transaction each for a link of its own, on the same data in a database of its own (%s):%n%s"
                        .formatted(CLIENTS, PEER_DATABASE, OneStatement.SQL));
        setting.put("PostgreSQL", "one server for both: fsync and synchronous_commit on, otherwise defaults");
        setting.put("Times", times.toString());
        setting.put("The service's whole transaction", replay.text());
        return setting;
    }

    /** The service's transaction for one redeem, for the reader. */
    private static Replay recorded(Bench bench, HttpLoad http, IssuedLinks links) throws Exception {
        var log = StatementLog.record(bench, () -> ours(http, 0, links));
        return new Replay(StatementLog.transactions(log).stream()
                .filter(t -> t.stream().anyMatch(s -> s.sql().contains("UPDATE reveal_link")))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the statement log does not show the redeem")));
    }

    private static void ours(HttpLoad http, int client, IssuedLinks links) throws IOException {
        post(http, client, "/v1/reveals", links.take().token());
    }

    private static void nothing(HttpLoad http, int client) throws IOException {
        post(http, client, "/v1/noop/reveals", "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG");
    }

    private static void post(HttpLoad http, int client, String path, String token) throws IOException {
        var answer = http.post(client, path, ("{\"token\": \"" + token + "\"}").getBytes(StandardCharsets.US_ASCII));
        if (answer.status() != 200) {
            throw new IllegalStateException(path + " answered " + answer.status() + ": " + answer.body());
        }
    }

    /** The peer: the statement that uses a link up, and its commit. */
    private static final class OneStatement implements AutoCloseable {

        private static final String SQL = """
                UPDATE reveal_link SET consumed_at = ?
                WHERE token_hash = ? AND consumed_at IS NULL AND expires_at > ?
                  AND superseded_at IS NULL AND revoked_at IS NULL
                RETURNING id""";

        private final IssuedLinks links;
        private final List<Connection> connections = new ArrayList<>();
        private final List<PreparedStatement> statements = new ArrayList<>();

        OneStatement(Bench bench, IssuedLinks links) throws SQLException {
            this.links = links;
            for (int i = 0; i < CLIENTS; i++) {
                var connection = bench.connect(PEER_DATABASE);
                connection.setAutoCommit(false);
                connections.add(connection);
                statements.add(connection.prepareStatement(SQL));
            }
        }

        void run(int client, long sequence) throws SQLException {
            var update = statements.get(client);
            var now = OffsetDateTime.now(ZoneOffset.UTC);
            update.setObject(1, now);
            update.setBytes(2, links.take().hash());
            update.setObject(3, now);
            try (var rows = update.executeQuery()) {
                if (!rows.next()) {
                    throw new IllegalStateException("the link was used before");
                }
            }
            connections.get(client).commit();
        }

        @Override
        public void close() throws SQLException {
            for (var connection : connections) {
                connection.close();
            }
        }
    }
}

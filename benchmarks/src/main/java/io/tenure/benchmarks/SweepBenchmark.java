package io.tenure.benchmarks;

import io.tenure.benchmarks.SchedulerPeer.Effect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * d. The lifecycle service's retention sweep among many pending retentions: due row to event, beside one SQL statement of
 * the same effect and db-scheduler; and what it costs while nothing is due.
 */
final class SweepBenchmark implements Benchmark {

    private static final String SERVICE = "lifecycle";
    private static final int HEAP_MIB = 256;
    private static final int WARMUPS = 1;

    /** Groups of retentions that a round uses up. */
    private static final int GROUPS = 3;

    static final String SWEEP = "sweep, due to event recorded";
    private static final String RELAYED = "sweep, due to event relayed";
    private static final String RAW = "one SQL statement";
    private static final String SCHEDULER = "db-scheduler, the same effect";
    private static final String RECORDING = "db-scheduler, only recording";
    private static final String IDLE_ALL = "idle: whole service and its server processes";
    private static final String IDLE_SWEEP = "idle: the sweep's part";

    /** So far away that the service never takes it; the raw statement's rows end there. */
    private static final Instant NEVER = Instant.parse("2200-01-01T00:00:00Z");

    @Override
    public String id() {
        return "d";
    }

    @Override
    public String name() {
        return "sweep";
    }

    @Override
    public String title() {
        return "Retention sweep: due row to event";
    }

    private record Size(int pending, int due) {}

    @Override
    public Outcome run(Bench bench) throws Exception {
        var size = bench.quick() ? new Size(100_000, 5_000) : new Size(1_000_000, 20_000);
        bench.freshDatabase(SERVICE);
        Map<String, Figure> rates;
        Map<String, Figure> idle;
        try (var superuser = bench.connectAsSuperuser(SERVICE)) {
            try (var service = bench.service(SERVICE, HEAP_MIB, Map.of())) {
                rates = rates(bench, superuser, size);
            }
            idle = idle(bench, superuser);
        }
        var reaches = List.of(
                Reach.atLeast(
                        "sweep of raw SQL",
                        rates.get(SWEEP).median() / rates.get(RAW).median(),
                        0.50),
                Reach.atLeast(
                        "sweep of db-scheduler with the same effect",
                        rates.get(SWEEP).median() / rates.get(SCHEDULER).median(),
                        5),
                Reach.atMost(
                        "idle sweep, percent of a core", idle.get(IDLE_SWEEP).median(), 1));
        var figures = new ArrayList<Figure>();
        for (var name : List.of(SWEEP, RELAYED, RAW, SCHEDULER, RECORDING)) {
            figures.add(rates.get(name));
        }
        figures.add(idle.get(IDLE_ALL));
        figures.add(idle.get(IDLE_SWEEP));
        return new Outcome(figures, reaches, setting(size));
    }

    private static Map<String, String> setting(Size size) {
        var setting = new LinkedHashMap<String, String>();
        setting.put(
                "data",
                "%d pending retentions over 30 days, each with tenant, termination and 4 notices; %d due at a time"
                        .formatted(size.pending(), size.due()));
        setting.put(
                "sweep",
                "the packaged lifecycle service, -Xmx%dm, defaults (200 a transaction), its relay at work beside it. From the"
                                .formatted(HEAP_MIB)
                        + " first due time to the last timer's removal (recorded), and to the empty outbox (relayed)");
        setting.put(
                "peer: raw SQL", "one JDBC connection, from sending the statement to its commit:\n" + RawSweep.ALL_DUE);
        setting.put("peer: db-scheduler", SchedulerPeer.HOW);
        setting.put(
                "idle",
                "processor time of the service's process and its PostgreSQL server processes; the sweep's part is the"
                        + " difference to the same service with a sweep interval of one hour");
        return setting;
    }

    private static Map<String, Figure> rates(Bench bench, Connection superuser, Size size) throws Exception {
        int turns = WARMUPS + bench.rounds();
        bench.note("sweep: filling %d retentions".formatted(size.pending() + GROUPS * turns * size.due()));
        PendingRetentions.fill(superuser, size.pending(), GROUPS * turns, size.due());
        try (var owner = bench.connectAsOwner(SERVICE);
                var client = bench.connect(SERVICE);
                var scheduler = schedulerPeer(bench)) {
            SchedulerPeer.fill(owner, size.pending());
            scheduler.start();
            var group = new AtomicInteger();
            bench.note("sweep: %d due a round".formatted(size.due()));
            return Rounds.alternate(
                    WARMUPS,
                    bench.rounds(),
                    units(),
                    () -> sweep(superuser, client, group.incrementAndGet(), size.due()),
                    () -> Map.of(RAW, size.due() / rawSeconds(superuser, client, group.incrementAndGet(), size.due())),
                    () -> {
                        vacuumAll(superuser);
                        int mine = group.incrementAndGet();
                        double same = scheduler.seconds(client, Effect.END, mine, size.due());
                        requireBegun(client, mine, size.due());
                        vacuumAll(superuser);
                        double recording = scheduler.seconds(client, Effect.RECORD, mine, size.due());
                        return Map.of(SCHEDULER, size.due() / same, RECORDING, size.due() / recording);
                    });
        }
    }

    private static Map<String, String> units() {
        return List.of(SWEEP, RELAYED, RAW, SCHEDULER, RECORDING).stream()
                .collect(Collectors.toMap(name -> name, name -> "rows/s"));
    }

    static Map<String, Double> sweep(Connection superuser, Connection client, int group, int due)
            throws SQLException, InterruptedException {
        vacuumAll(superuser);
        var start = Instant.now().plusMillis(500 + due / 20);
        PendingRetentions.makeDue(client, group, start);
        if (Instant.now().isAfter(start)) {
            throw new IllegalStateException("The timers were due before they were committed");
        }
        try (var last = client.prepareStatement("""
                        SELECT FROM retention_timer WHERE termination_id =
                            (SELECT id FROM bench_retention WHERE grp = ? ORDER BY n DESC LIMIT 1)""");
                var any = client.prepareStatement(
                        "SELECT FROM retention_timer WHERE due_at < now() + interval '1 hour' LIMIT 1");
                var unsent = client.prepareStatement("SELECT FROM outbox LIMIT 1")) {
            last.setInt(1, group);
            Thread.sleep(Duration.between(Instant.now(), start).plusMillis(20));
            // The sweep goes by due time: the last timer tells of all, and is cheap to look for.
            awaitNone(last);
            awaitNone(any);
            double recorded = seconds(start);
            awaitNone(unsent);
            double relayed = seconds(start);
            requireBegun(client, group, due);
            return Map.of(SWEEP, due / recorded, RELAYED, due / relayed);
        }
    }

    private static double rawSeconds(Connection superuser, Connection client, int group, int due)
            throws SQLException, InterruptedException {
        vacuumAll(superuser);
        PendingRetentions.makeDue(client, group, NEVER);
        long start = System.nanoTime();
        RawSweep.run(client, NEVER, NEVER.plusSeconds(3600));
        double seconds = (System.nanoTime() - start) / 1e9;
        requireBegun(client, group, due);
        try (var unsent = client.prepareStatement("SELECT FROM outbox LIMIT 1")) {
            awaitNone(unsent);
        }
        return seconds;
    }

    private static void requireBegun(Connection client, int group, int due) throws SQLException {
        long begun = PendingRetentions.begun(client, group);
        if (begun != due) {
            throw new IllegalStateException("Of " + due + " due retentions " + begun + " ended");
        }
    }

    private static double seconds(Instant since) {
        return Duration.between(since, Instant.now()).toNanos() / 1e9;
    }

    private static void awaitNone(PreparedStatement query) throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(4);
        while (true) {
            try (var rows = query.executeQuery()) {
                if (!rows.next()) {
                    return;
                }
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("The sweep did not end in four minutes");
            }
            Thread.sleep(5);
        }
    }

    /** The same service twice on the same rows, once as it is and once practically without the sweep. */
    private static Map<String, Figure> idle(Bench bench, Connection superuser) throws Exception {
        int pairs = bench.quick() ? 1 : 2;
        var all = new ArrayList<Double>();
        var part = new ArrayList<Double>();
        for (int i = 0; i < pairs; i++) {
            bench.note("sweep: idle with and without");
            double with = idlePercent(bench, superuser, Map.of());
            double without = idlePercent(bench, superuser, Map.of("TENURE_RETENTION_SWEEP_INTERVAL", "PT1H"));
            all.add(with);
            part.add(with - without);
        }
        return Map.of(
                IDLE_ALL, Figure.of(IDLE_ALL, "% of a core", all),
                IDLE_SWEEP, Figure.of(IDLE_SWEEP, "% of a core", part));
    }

    private static double idlePercent(Bench bench, Connection superuser, Map<String, String> env) throws Exception {
        try (var service = bench.service(SERVICE, HEAP_MIB, env)) {
            // Its start is no part of its idling.
            Thread.sleep(Duration.ofSeconds(10));
            var percent =
                    new IdleCost(service, superuser, SERVICE).percent(Duration.ofSeconds(bench.quick() ? 30 : 45));
            return percent.getFirst() + percent.getLast();
        }
    }

    private static void vacuumAll(Connection superuser) throws SQLException {
        try (var statement = superuser.createStatement()) {
            statement.execute("VACUUM retention_timer, termination, blocker, outbox, evidence, scheduled_tasks,"
                    + " scheduler_outbox");
        }
    }

    private static SchedulerPeer schedulerPeer(Bench bench) throws SQLException {
        var platform = bench.platform();
        return new SchedulerPeer(
                "jdbc:postgresql://127.0.0.1:" + platform.postgres().port() + "/" + SERVICE,
                SERVICE,
                platform.secrets().password("db-" + SERVICE));
    }
}

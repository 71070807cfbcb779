package io.tenure.benchmarks.sweep;

import io.tenure.benchmarks.fill.SwitchedDatabase;
import io.tenure.benchmarks.meter.IdleCost;
import io.tenure.benchmarks.report.Figure;
import io.tenure.benchmarks.report.Outcome;
import io.tenure.benchmarks.report.Reach;
import io.tenure.benchmarks.run.Bench;
import io.tenure.benchmarks.run.Benchmark;
import io.tenure.benchmarks.run.Rounds;
import io.tenure.benchmarks.sweep.SchedulerPeer.Effect;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * d. The lifecycle service's retention sweep among many pending retentions: due row to event, beside one SQL statement of
 * the same effect and db-scheduler; and what it costs while nothing is due.
 */
public final class SweepBenchmark implements Benchmark {

    private static final String SERVICE = "lifecycle";
    private static final int HEAP_MIB = 256;

    /** Groups of retentions that a round uses up. */
    private static final int GROUPS = 3;

    private static final String SWEEP = DueSweep.RECORDED;
    private static final String RELAYED = DueSweep.RELAYED;
    private static final String RAW = "one SQL statement";
    private static final String SCHEDULER = "db-scheduler, the same effect";
    private static final String RECORDING = "db-scheduler, only recording";
    private static final String IDLE_ALL = "idle: whole service and its server processes";
    private static final String IDLE_SWEEP = "idle: the sweep's part";
    private static final String IDLE_UNIT = "% of a core";
    private static final String NO_IDLE = "only in a full run: what a short look sees is the machine's noise";
    private static final int IDLE_PAIRS = 2;
    private static final double MOST_IDLE_PERCENT = 1;

    /**
     * Readings of an idle service are a percent apart from one to the next; what is looked for is made larger than
     * that.
     */
    private static final int MORE_SWEEPS = 20;

    /** The service's default. */
    private static final Duration USUAL_INTERVAL = Duration.ofMillis(500);

    private static final List<String> VACUUMED = Stream.concat(
                    DueSweep.SWEPT.stream(), Stream.of("scheduled_tasks", "scheduler_outbox"))
            .toList();

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
        var size = bench.quick() ? new Size(50_000, 500) : new Size(1_000_000, 10_000);
        // What other benchmarks left there would keep the service busy.
        bench.freshTopics();
        bench.freshDatabase(SERVICE);
        Map<String, Figure> rates;
        try (var service = bench.service(SERVICE, HEAP_MIB, Map.of());
                var databases = new SwitchedDatabase(bench, service, SERVICE)) {
            databases.use(filled(bench, databases, size));
            rates = rates(bench, size);
        }
        var idle = bench.quick() ? noIdle() : idle(bench);
        var reaches = List.of(
                Reach.atLeast("sweep of raw SQL", rates.get(SWEEP).timesOf(rates.get(RAW)), 0.50),
                Reach.atLeast(
                        "sweep of db-scheduler with the same effect",
                        rates.get(SWEEP).timesOf(rates.get(SCHEDULER)),
                        5),
                idleReach(idle.get(IDLE_SWEEP)));
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
                "the packaged lifecycle service, -Xmx%dm, defaults (500 a transaction), its relay at work beside it. From the"
                                .formatted(HEAP_MIB)
                        + " first due time to the last timer's removal (recorded), and to the empty outbox (relayed)");
        setting.put(
                "peer: raw SQL", "one JDBC connection, from sending the statement to its commit:\n" + RawSweep.ALL_DUE);
        setting.put("peer: db-scheduler", SchedulerPeer.HOW);
        setting.put(
                "idle",
                "processor time of the service's process and its PostgreSQL server processes. The sweep's part is a %dth of the"
                                .formatted(MORE_SWEEPS)
                        + " difference between the same service with as many times the sweeps and with one an hour; a sweep"
                        + " may cost a little less when the one before was just there");
        return setting;
    }

    /** @return the name of a database with all retentions of the run */
    private static String filled(Bench bench, SwitchedDatabase databases, Size size) throws SQLException {
        int groups = GROUPS * (bench.warmups() + bench.rounds());
        bench.note("sweep: filling %d retentions".formatted(size.pending() + groups * size.due()));
        var name = databases.copyOfLive("filled");
        try (var superuser = bench.connectAsSuperuser(name)) {
            PendingRetentions.fill(superuser, size.pending(), groups, size.due());
        }
        return name;
    }

    private static Map<String, Figure> rates(Bench bench, Size size) throws Exception {
        try (var superuser = bench.connectAsSuperuser(SERVICE);
                var owner = bench.connectAsOwner(SERVICE);
                var client = bench.connect(SERVICE);
                var scheduler = schedulerPeer(bench)) {
            SchedulerPeer.fill(owner, size.pending());
            scheduler.start();
            var group = new AtomicInteger();
            var sweep = new DueSweep(superuser, client, VACUUMED);
            bench.note("sweep: %d due per round".formatted(size.due()));
            return Rounds.alternate(
                    bench.warmups(),
                    bench.rounds(),
                    units(),
                    () -> sweep.perSecond(group.incrementAndGet(), size.due()),
                    () -> Map.of(RAW, size.due() / rawSeconds(sweep, group.incrementAndGet(), size.due())),
                    () -> {
                        sweep.vacuum();
                        int mine = group.incrementAndGet();
                        double same = scheduler.seconds(client, Effect.END, mine, size.due());
                        sweep.requireBegun(mine, size.due());
                        sweep.vacuum();
                        double recording = scheduler.seconds(client, Effect.RECORD, mine, size.due());
                        return Map.of(SCHEDULER, size.due() / same, RECORDING, size.due() / recording);
                    });
        }
    }

    private static Map<String, String> units() {
        return List.of(SWEEP, RELAYED, RAW, SCHEDULER, RECORDING).stream()
                .collect(Collectors.toMap(name -> name, name -> "rows/s"));
    }

    private static double rawSeconds(DueSweep sweep, int group, int due) throws SQLException, InterruptedException {
        sweep.vacuum();
        PendingRetentions.makeDue(sweep.client(), group, NEVER);
        long start = System.nanoTime();
        RawSweep.run(sweep.client(), NEVER, NEVER.plusSeconds(3600));
        double seconds = (System.nanoTime() - start) / 1e9;
        sweep.requireBegun(group, due);
        sweep.awaitRelayed();
        return seconds;
    }

    private static Reach idleReach(Figure idle) {
        var what = "idle sweep, percent of a core";
        return idle.isMissing()
                ? Reach.missing(what, Reach.Sense.AT_MOST, MOST_IDLE_PERCENT, idle.missing())
                : Reach.atMost(what, idle.median(), MOST_IDLE_PERCENT);
    }

    private static Map<String, Figure> noIdle() {
        return Map.of(
                IDLE_ALL, Figure.missing(IDLE_ALL, IDLE_UNIT, NO_IDLE),
                IDLE_SWEEP, Figure.missing(IDLE_SWEEP, IDLE_UNIT, NO_IDLE));
    }

    /** The same service on the same rows: as it is, with far more sweeps, and practically without any. */
    private static Map<String, Figure> idle(Bench bench) throws Exception {
        bench.note("sweep: idle, as it is, with %d times the sweeps, and without".formatted(MORE_SWEEPS));
        var part = new ArrayList<Double>();
        List<Double> all;
        try (var superuser = bench.connectAsSuperuser(SERVICE)) {
            all = List.of(idlePercent(bench, superuser, Map.of()));
            for (int i = 0; i < IDLE_PAIRS; i++) {
                double more = idlePercent(bench, superuser, every(USUAL_INTERVAL.dividedBy(MORE_SWEEPS)));
                double without = idlePercent(bench, superuser, every(Duration.ofHours(1)));
                part.add((more - without) / MORE_SWEEPS);
            }
        }
        return Map.of(
                IDLE_ALL, Figure.of(IDLE_ALL, IDLE_UNIT, all),
                IDLE_SWEEP, Figure.of(IDLE_SWEEP, IDLE_UNIT, part));
    }

    private static Map<String, String> every(Duration interval) {
        return Map.of("TENURE_RETENTION_SWEEP_INTERVAL", interval.toString());
    }

    private static double idlePercent(Bench bench, Connection superuser, Map<String, String> env) throws Exception {
        try (var service = bench.service(SERVICE, HEAP_MIB, env)) {
            // Its start is no part of its idling.
            Thread.sleep(Duration.ofSeconds(10));
            var percent = new IdleCost(service, superuser, SERVICE).percent(Duration.ofSeconds(15));
            return percent.getFirst() + percent.getLast();
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

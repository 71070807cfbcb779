package io.tenure.benchmarks.cost;

import io.tenure.benchmarks.command.Commands;
import io.tenure.benchmarks.cost.CostMeter.Cost;
import io.tenure.benchmarks.load.Clients;
import io.tenure.benchmarks.load.ClosedLoop;
import io.tenure.benchmarks.load.OpenLoop;
import io.tenure.benchmarks.meter.Drain;
import io.tenure.benchmarks.report.Outcome;
import io.tenure.benchmarks.run.Bench;
import io.tenure.benchmarks.run.Benchmark;
import io.tenure.benchmarks.run.Rounds;
import io.tenure.benchmarks.run.Warmup;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What one accepted command and one relayed event cost, counted over some thousands of each. */
public final class CostBenchmark implements Benchmark {

    private static final String SERVICE = "provisioning";
    private static final int HEAP_MIB = 256;
    private static final double ALONE_RATE = 50;

    /** What costs are counted for. */
    enum Unit {
        COMMAND("command"),
        EVENT("event out of a backlog"),
        ALONE("command alone, with its events");

        private final String words;

        Unit(String words) {
            this.words = words;
        }
    }

    /**
     * How much is done.
     *
     * @param commands per round, as fast as all clients go
     * @param alone how long a round's single commands take
     */
    private record Size(Duration warmup, Duration idle, int commands, Duration alone) {

        static Size of(Bench bench) {
            return bench.quick()
                    ? new Size(Duration.ofSeconds(5), Duration.ofSeconds(2), 150, Duration.ofSeconds(1))
                    : new Size(Duration.ofSeconds(20), Duration.ofSeconds(10), 3_000, Duration.ofSeconds(5));
        }
    }

    @Override
    public String id() {
        return "cost";
    }

    @Override
    public String name() {
        return "cost";
    }

    @Override
    public String title() {
        return "What a command and an event cost, counted";
    }

    @Override
    public Outcome run(Bench bench) throws Exception {
        var size = Size.of(bench);
        bench.freshTopics();
        bench.freshDatabase(SERVICE);
        try (var database = WireTap.before(bench.platform().postgres().port());
                var service =
                        bench.service(SERVICE, HEAP_MIB, Map.of("TENURE_DB_PORT", Integer.toString(database.port())));
                var http = WireTap.before(service.url().getPort());
                var commands = Commands.open(bench, http.url(), Commands.TENANTS);
                var drain = new Drain(bench, SERVICE);
                var meter = new CostMeter(bench, service, database, http)) {
            Warmup.run(
                    bench,
                    "cost",
                    size.warmup(),
                    time -> ClosedLoop.run(Commands.CLIENTS, Duration.ZERO, time, commands::post));
            drain.await();
            bench.note("cost: idle");
            meter.idleFor(size.idle());
            bench.note("cost: %d commands per round".formatted(size.commands()));
            var figures = Rounds.alternate(0, bench.rounds(), units(), () -> {
                drain.hold();
                var costs = new LinkedHashMap<String, Double>();
                put(costs, Unit.COMMAND, meter.perUnit(() -> post(commands, size.commands())));
                put(costs, Unit.EVENT, meter.perUnit(() -> relay(drain)));
                put(costs, Unit.ALONE, meter.perUnit(() -> alone(commands, drain, size.alone())));
                return costs;
            });
            return new Outcome(new ArrayList<>(figures.values()), List.of(), setting(size));
        }
    }

    private static long post(Commands commands, int count) throws InterruptedException {
        var next = new AtomicLong();
        new Clients().run(Commands.CLIENTS, (client, record) -> {
            for (long mine; record.goesOn() && (mine = next.getAndIncrement()) < count; ) {
                commands.post(client, mine);
            }
        });
        return count;
    }

    /** @return how many events waited */
    private static long relay(Drain drain) throws SQLException, InterruptedException {
        long waiting = drain.waiting();
        drain.release();
        drain.await();
        return waiting;
    }

    private static long alone(Commands commands, Drain drain, Duration duration)
            throws SQLException, InterruptedException {
        var load = OpenLoop.run(ALONE_RATE, 1, Duration.ZERO, duration, commands::post);
        drain.await();
        return load.done();
    }

    static String figure(Unit unit, Cost cost) {
        return unit.words + ": " + cost.words();
    }

    private static void put(Map<String, Double> figures, Unit unit, Map<Cost, Double> costs) {
        costs.forEach((cost, amount) -> figures.put(figure(unit, cost), amount));
    }

    private static Map<String, String> units() {
        var units = new LinkedHashMap<String, String>();
        for (var unit : Unit.values()) {
            for (var cost : Cost.values()) {
                units.put(figure(unit, cost), cost.unit());
            }
        }
        return units;
    }

    private static Map<String, String> setting(Size size) {
        var setting = new LinkedHashMap<String, String>();
        setting.put(
                "command",
                "POST /v1/tenants of the packaged provisioning service, -Xmx%dm, with an Idempotency-Key and a bearer token of"
                                .formatted(HEAP_MIB)
                        + " Keycloak; %d per round from %d clients, while the relay is held off"
                                .formatted(size.commands(), Commands.CLIENTS));
        setting.put(
                "event out of a backlog",
                "what those commands recorded, relayed in batches of 500 once the relay is let go");
        setting.put(
                "command alone, with its events",
                "one client at %.0f/s with the relay at work, so that its events mostly have a pass of their own"
                        .formatted(ALONE_RATE));
        setting.put(
                "taken off",
                "what the same service costs in the same time while nothing is done, counted over %d s before the rounds"
                        .formatted(size.idle().toSeconds()));
        setting.put(
                "statements, round trips, bytes",
                "counted by relays on the loopback address between the service and PostgreSQL, and clients and the service; BEGIN"
                        + " and COMMIT are statements; a round trip begins when the service speaks after PostgreSQL did. Payload of"
                        + " TCP, without its headers");
        setting.put("write-ahead log", "pg_current_wal_insert_lsn; full pages after a checkpoint are part of it");
        setting.put(
                "Kafka", "the broker's own BytesInPerSec and RequestsPerSec of Produce: record batches, uncompressed");
        setting.put("allocated", "TotalThreadAllocatedBytes of the service's JVM");
        setting.put(
                "processor time",
                "user and kernel time of the service's process, its compilers and collector included; and of all processes of"
                        + " PostgreSQL but those that serve the benchmark itself");
        return setting;
    }
}

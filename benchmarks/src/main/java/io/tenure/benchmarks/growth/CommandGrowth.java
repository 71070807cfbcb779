package io.tenure.benchmarks.growth;

import io.tenure.benchmarks.command.Commands;
import io.tenure.benchmarks.fill.BulkFill;
import io.tenure.benchmarks.fill.SwitchedDatabase;
import io.tenure.benchmarks.load.ClosedLoop;
import io.tenure.benchmarks.meter.Drain;
import io.tenure.benchmarks.report.Figure;
import io.tenure.benchmarks.run.Bench;
import io.tenure.benchmarks.run.Warmup;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** a. Tenants accepted by a service that has many. */
final class CommandGrowth implements GrowthPath {

    private static final String SERVICE = "provisioning";
    private static final int HEAP_MIB = 256;
    private static final int TENANTS = 5_000;

    /**
     * Rows as their services would have left them. Ids are in the order of their time, as the service makes them; keys are
     * random, as clients make them.
     */
    private static final List<String> FILL = List.of("""
            INSERT INTO tenant (id, name, status, allowed_locations, backup, contact, contact_version,
                contact_confirmed_at, created_at, version)
            SELECT uuidv7(n * interval '-1 minute'), 'Tenant ' || n, 'ACTIVE', '{de-fra-1}', 'CUSTOMER',
                   decode(repeat(md5(n::text), 8), 'hex'), 1, now(), now() - n * interval '1 minute', 1
            FROM generate_series(:rows, 1, -1) n""", """
            INSERT INTO tenant_key (tenant_id, wrapped, created_at)
            SELECT id, decode(repeat(md5(id::text), 8), 'hex'), created_at FROM tenant""", """
            INSERT INTO idempotency_key (scope, key, fingerprint, resource_id, created_at)
            SELECT 'POST /v1/tenants crm', gen_random_uuid(), md5(id::text) || md5(name), id,
                   now() - random() * interval '1 day'
            FROM tenant""", """
            INSERT INTO asset (id, tenant_id, kind, name, status, image, vcpus, memory_mib, storage_mib, location, platform, created_at)
            SELECT uuidv7(created_at - now()), id, 'VM', 'vm', 'PROVISIONED', 'debian-13', 2, 2048, 64, 'de-fra-1', 'sandbox', created_at
            FROM tenant""", """
            INSERT INTO inbox (source, event_id, digest, received_at)
            SELECT '/tenure/lifecycle', uuidv7(created_at - now()), sha256(name::bytea), now() - random() * interval '30 days' FROM tenant""");

    /** How long a turn's load runs, and how long of it does not count. */
    private record Turns(Duration warmup, Duration settle, Duration counted) {

        static Turns of(Bench bench) {
            return bench.quick()
                    ? new Turns(Duration.ofSeconds(5), Duration.ofMillis(300), Duration.ofMillis(600))
                    : new Turns(Duration.ofSeconds(45), Duration.ofSeconds(1), Duration.ofSeconds(4));
        }
    }

    @Override
    public String name() {
        return "command accepted";
    }

    @Override
    public String unit() {
        return "commands/s";
    }

    @Override
    public String size(Scale scale) {
        return "%,d tenants".formatted(scale.times(TENANTS));
    }

    @Override
    public String how(Bench bench) {
        var turns = Turns.of(bench);
        return ("as in a, %d clients, %.1f s per turn after %.1f s that do not count. Beside each tenant its key, a machine, an"
                        + " Idempotency-Key of the last day and an event of the inbox, filled set-based")
                .formatted(
                        Commands.CLIENTS,
                        turns.counted().toMillis() / 1e3,
                        turns.settle().toMillis() / 1e3);
    }

    @Override
    public Map<Scale, Figure> measure(Bench bench, List<Scale> scales) throws Exception {
        var turns = Turns.of(bench);
        bench.freshTopics();
        bench.freshDatabase(SERVICE);
        try (var service = bench.service(SERVICE, HEAP_MIB, Map.of());
                var databases = new SwitchedDatabase(bench, service, SERVICE);
                var commands = Commands.open(bench, service.url(), Commands.TENANTS)) {
            var sized = new SizedDatabases(databases, scales);
            for (var scale : scales) {
                bench.note("growth: filling " + size(scale));
                var database = databases.copyOfLive(scale.toString());
                fill(bench, database, scale.times(TENANTS));
                // One for the load that warms up, on the smallest.
                sized.add(scale, database, 1 + bench.warmups() + bench.rounds());
            }
            sized.use(Scale.ONE);
            Warmup.run(
                    bench,
                    name(),
                    turns.warmup(),
                    time -> ClosedLoop.run(Commands.CLIENTS, Duration.ZERO, time, commands::post));
            awaitRelayed(bench);
            return GrowthBenchmark.alternate(this, scales, bench.warmups(), bench.rounds(), scale -> {
                sized.use(scale);
                var load = ClosedLoop.run(Commands.CLIENTS, turns.settle(), turns.counted(), commands::post);
                awaitRelayed(bench);
                return load.perSecond();
            });
        }
    }

    private static void fill(Bench bench, String database, int tenants) throws SQLException {
        try (var superuser = bench.connectAsSuperuser(database)) {
            BulkFill.run(
                    superuser,
                    FILL.stream()
                            .map(sql -> sql.replace(":rows", Integer.toString(tenants)))
                            .toList());
        }
    }

    /** Otherwise the switch would cut off what is on its way. */
    private static void awaitRelayed(Bench bench) throws SQLException, InterruptedException {
        try (var drain = new Drain(bench, SERVICE)) {
            drain.await();
        }
    }
}

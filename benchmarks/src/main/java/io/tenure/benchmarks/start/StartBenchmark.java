package io.tenure.benchmarks.start;

import io.tenure.benchmarks.peer.NoopService;
import io.tenure.benchmarks.report.Figure;
import io.tenure.benchmarks.report.Outcome;
import io.tenure.benchmarks.report.Reach;
import io.tenure.benchmarks.run.Bench;
import io.tenure.benchmarks.run.Benchmark;
import io.tenure.benchmarks.run.Rounds;
import io.tenure.benchmarks.run.Together;
import io.tenure.local.platform.Layout;
import io.tenure.local.platform.ServiceProcess;
import io.tenure.local.platform.Services;
import io.tenure.local.server.JavaCommand;
import io.tenure.local.server.Ports;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * g. How soon each service is ready on servers that run, as the local platform starts it, beside the same program without
 * its archive and beside a service that does nothing; all five at once; and the memory that they hold together.
 */
public final class StartBenchmark implements Benchmark {

    private static final int REQUESTS = 300;
    private static final int REQUESTS_WHEN_QUICK = 100;
    private static final int ROUNDS_WHEN_QUICK = 1;
    private static final String ALONE_WHEN_QUICK = "provisioning";
    private static final String ONLY_IN_FULL = "only in a full run: a short look starts one service alone";

    private static final String PARALLEL = "five in parallel, ready";
    private static final String RESIDENT = "memory of the five after load";
    private static final String ANONYMOUS = "of it, anonymous";
    private static final String BARE = "bare Quarkus app";

    /** Stops within a second or two instead of eight; the start is the same. */
    private static final Map<String, String> HASTY =
            Map.of("MP_MESSAGING_CONNECTOR_SMALLRYE_KAFKA_GRACEFUL_SHUTDOWN", "false");

    private static final Map<String, List<String>> READ = Map.of(
            "provisioning", List.of("/v1/tenants", "/v1/images", "/v1/disclosures/locations"),
            "lifecycle", List.of("/v1/terminations"),
            "credential", List.of("/reveal"),
            "audit", List.of("/v1/events", "/log/checkpoint"),
            "notification", List.of("/v1/notices"));

    @Override
    public String id() {
        return "g";
    }

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String title() {
        return "Start and memory of the five services";
    }

    /** How the programs are started: the platform's way, and the same without archives. */
    private record Ways(Bench bench, Layout with, Layout without) {

        /** Those that are started one after the other. */
        List<Services.Service> alone() {
            return bench.quick() ? List.of(Services.named(ALONE_WHEN_QUICK)) : Services.ALL;
        }

        static Ways of(Bench bench) {
            var with = bench.platform().layout();
            // An empty directory of its own: nothing is found, and nothing is made.
            var nothing = bench.scratch().resolve("no-archives");
            return new Ways(bench, with, new Layout(with.root(), with.state(), nothing, false));
        }

        Started start(Layout layout, String service) throws IOException, InterruptedException {
            var env = settings(service);
            return Started.start(new ServiceProcess(
                    layout,
                    Services.named(service),
                    service,
                    bench.platform().ports().of(service),
                    env));
        }

        /** The no-op service, which lies in a directory of its own, in the same way. */
        Started startBare(Layout layout) throws IOException, InterruptedException {
            var env = settings("provisioning");
            env.putAll(bare());
            var own =
                    new Layout(NoopService.root(layout.root()), layout.state(), layout.programs(), layout.archiving());
            return Started.start(new ServiceProcess(own, NoopService.program(), NoopService.NAME, Ports.free(), env));
        }

        private Map<String, String> settings(String service) {
            var env = bench.platform().settings(Services.named(service));
            env.put("TENURE_TRACING_ZIPKIN_ENDPOINT", "");
            env.putAll(HASTY);
            return env;
        }

        /** As {@link NoopService} and {@link Bench#program} set it up. */
        private Map<String, String> bare() {
            var name = NoopService.NAME;
            var secrets = bench.platform().secrets();
            return Map.of(
                    "TENURE_DB_NAME",
                    name,
                    "TENURE_DB_PASSWORD",
                    secrets.password("db-" + name),
                    "TENURE_DB_OWNER_PASSWORD",
                    secrets.password("db-" + name + "-owner"),
                    "QUARKUS_DATASOURCE_USERNAME",
                    name,
                    "QUARKUS_FLYWAY_USERNAME",
                    name + "_owner",
                    "QUARKUS_FLYWAY_PLACEHOLDERS_RUNTIME",
                    name);
        }

        int requests() {
            return bench.quick() ? REQUESTS_WHEN_QUICK : REQUESTS;
        }

        void use(Started started) throws IOException {
            var user = started.process().name().equals("audit") ? "auditor" : "account-manager";
            started.use(
                    requests(),
                    "Bearer " + bench.token(user),
                    READ.get(started.process().name()).toArray(String[]::new));
        }
    }

    @Override
    public Outcome run(Bench bench) throws Exception {
        bench.freshTopics();
        for (var service : Services.ALL) {
            bench.freshDatabase(service.name());
        }
        bench.freshDatabase(NoopService.NAME);
        var ways = Ways.of(bench);
        prepare(ways);
        int rounds = bench.quick() ? Math.min(ROUNDS_WHEN_QUICK, bench.rounds()) : bench.rounds();
        bench.note("start: each alone, %d rounds".formatted(rounds));
        var alone = Rounds.alternate(
                0, rounds, unitsAlone(ways), () -> alone(ways, ways.with()), () -> alone(ways, ways.without()));
        bench.note("start: all five at once");
        var together = Rounds.alternate(0, rounds, unitsTogether(), () -> together(ways));
        return outcome(ways, alone, together);
    }

    /** The first start migrates, and its end may leave an archive; the second one shows whether it does. */
    private static void prepare(Ways ways) throws Exception {
        ways.bench().note("start: archives");
        var work = new ArrayList<Callable<Void>>();
        for (var service : Services.ALL) {
            work.add(() -> {
                try (var started = ways.start(ways.with(), service.name())) {
                    ways.use(started);
                }
                return null;
            });
        }
        work.add(() -> {
            ways.startBare(ways.with()).close();
            return null;
        });
        Together.all(work);
    }

    private static String ready(String program, boolean archive) {
        return "%s ready, %s archive".formatted(program, archive ? "with" : "without");
    }

    private static Map<String, String> unitsAlone(Ways ways) {
        var units = new LinkedHashMap<String, String>();
        for (var service : ways.alone()) {
            units.put(ready(service.name(), true), "s");
            units.put(ready(service.name(), false), "s");
        }
        units.put(ready(BARE, true), "s");
        return units;
    }

    private static Map<String, String> unitsTogether() {
        var units = new LinkedHashMap<String, String>();
        units.put(PARALLEL, "s");
        units.put(RESIDENT, "MiB");
        units.put(ANONYMOUS, "MiB");
        return units;
    }

    private static Map<String, Double> alone(Ways ways, Layout layout) throws IOException, InterruptedException {
        boolean archive = layout == ways.with();
        var seconds = new LinkedHashMap<String, Double>();
        for (var service : ways.alone()) {
            try (var started = ways.start(layout, service.name())) {
                seconds.put(ready(service.name(), archive), started.readySeconds());
            }
        }
        if (archive) {
            try (var started = ways.startBare(layout)) {
                seconds.put(ready(BARE, true), started.readySeconds());
            }
        }
        return seconds;
    }

    private static Map<String, Double> together(Ways ways) throws Exception {
        var running = new ArrayList<Started>();
        try {
            long began = System.nanoTime();
            running.addAll(Together.all(Services.ALL.stream()
                    .<Callable<Started>>map(s -> () -> ways.start(ways.with(), s.name()))
                    .toList()));
            double seconds = (System.nanoTime() - began) / 1e9;
            Together.all(running.stream()
                    .<Callable<Void>>map(started -> () -> {
                        ways.use(started);
                        return null;
                    })
                    .toList());
            var memory = Started.Memory.NONE;
            for (var started : running) {
                memory = memory.plus(started.memory());
            }
            return Map.of(PARALLEL, seconds, RESIDENT, memory.resident(), ANONYMOUS, memory.anonymous());
        } finally {
            Together.all(running.stream()
                    .<Callable<Void>>map(started -> () -> {
                        started.close();
                        return null;
                    })
                    .toList());
        }
    }

    private static Outcome outcome(Ways ways, Map<String, Figure> alone, Map<String, Figure> together) {
        var figures = new ArrayList<>(alone.values());
        Services.ALL.stream().filter(service -> !ways.alone().contains(service)).forEach(service -> {
            figures.add(Figure.missing(ready(service.name(), true), "s", ONLY_IN_FULL));
            figures.add(Figure.missing(ready(service.name(), false), "s", ONLY_IN_FULL));
        });
        figures.addAll(together.values());
        double worst = ways.alone().stream()
                .mapToDouble(s -> alone.get(ready(s.name(), true)).timesOf(alone.get(ready(s.name(), false))))
                .max()
                .orElseThrow();
        var reaches = List.of(
                Reach.atMost("ready with archive, in the time without; the worst", worst, 0.45),
                Reach.atMost("five in parallel, s", together.get(PARALLEL).median(), 6),
                Reach.atMost(
                        "memory of the five after load, GiB",
                        together.get(RESIDENT).median() / 1024,
                        1.0));
        var setting = new LinkedHashMap<String, String>();
        setting.put(
                "start",
                "the platform's own way (ServiceProcess), from the start of the process to /q/health/ready with 200, asked"
                        + " every 10 ms; databases migrated, topics made, Keycloak warm. Spans are not exported; graceful"
                        + " shutdown of the Kafka connector is off, so that a stop does not take eight seconds. In turn:"
                        + " all with their archives, all without");
        setting.put("JVM", String.join(" ", JavaCommand.java(0)).replace("-Xmx0m", "-Xmx<as the platform sets it>"));
        setting.put(
                "with archive",
                "what the platform keeps of a service's classes after its first orderly end, made in this run before the"
                        + " first round if it was not there");
        setting.put("without archive", "the same jars and options; the JDK's own default archive is used in both");
        setting.put(
                BARE,
                "benchmarks/noop-service: same kit and extensions, one entity less, no consumers; started in the same"
                        + " way, with an archive");
        setting.put(
                "memory",
                "sum of VmRSS of the five processes, %d GETs each after the start: %s. Pages of files that they share count"
                                .formatted(ways.requests(), READ)
                        + " in each; anonymous is RssAnon");
        return new Outcome(figures, reaches, setting);
    }
}

package io.tenure.benchmarks.cascade;

import io.tenure.benchmarks.cascade.CascadeTenants.Terminated;
import io.tenure.benchmarks.load.OpenLoop;
import io.tenure.benchmarks.report.Figure;
import io.tenure.benchmarks.report.Outcome;
import io.tenure.benchmarks.report.Reach;
import io.tenure.benchmarks.run.Bench;
import io.tenure.benchmarks.run.Benchmark;
import io.tenure.benchmarks.run.Running;
import io.tenure.benchmarks.run.Together;
import io.tenure.local.platform.Services;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.HdrHistogram.Histogram;

/**
 * e. The main job on the whole platform: from the accepted termination to the last fact of the disablement, and from
 * the end of the retention to the certificate's fact; beside the sum of the steps that lie one after the other on these
 * ways.
 */
public final class CascadeBenchmark implements Benchmark {

    private static final int HEAP_MIB = 256;
    private static final long LIMIT_SECONDS = 240;
    private static final double REACH_ALONE = 2;
    private static final double REACH_HALF_LOAD = 5;

    /** Between two tenants that are not to meet each other. */
    private static final Duration APART = Duration.ofSeconds(1);

    /** Long enough to be proven delivered before the end, and at a time when no other tenant is at work. */
    private static final Duration WARNING = APART.multipliedBy(4).plus(APART.dividedBy(2));

    /**
     * How many tenants.
     *
     * @param warmup at once, not counted
     * @param alone one after the other
     * @param burst at once
     * @param half at half the rate of the burst
     * @param retention longer than it takes to terminate those of any of these, so that disablements and deletions do not
     *     meet
     */
    private record Size(int warmup, int alone, int burst, int half, Duration retention) {

        int all() {
            return warmup + alone + burst + half;
        }
    }

    /** Milliseconds of each tenant, and the rates at which all came through, per second. */
    private record Passed(Histogram shut, Histogram certified, double shutRate, double certifiedRate) {

        double sustained() {
            return Math.min(shutRate, certifiedRate);
        }
    }

    @Override
    public String id() {
        return "e";
    }

    @Override
    public String name() {
        return "cascade";
    }

    @Override
    public String title() {
        return "Termination cascade: request to last disablement, due to certificate";
    }

    @Override
    public Outcome run(Bench bench) throws Exception {
        var size = bench.quick()
                ? new Size(2, 3, 4, 4, Duration.ofSeconds(5))
                : new Size(100, 25, 30, 40, Duration.ofSeconds(34));
        bench.freshTopics();
        for (var service : Services.ALL) {
            bench.freshDatabase(service.name());
        }
        var running = start(bench, size.retention());
        try (var watch = new FactWatch(bench.platform().kafka());
                var tenants = new CascadeTenants(
                        bench,
                        watch,
                        running.get("provisioning").url(),
                        running.get("lifecycle").url())) {
            bench.note("cascade: making %d tenants".formatted(size.all()));
            tenants.make(size.all());
            bench.note("cascade: warm-up of %d".formatted(size.warmup()));
            passed(burst(tenants, size.warmup()));
            bench.note("cascade: %d at once".formatted(size.burst()));
            var burst = passed(burst(tenants, size.burst()));
            double rate = burst.sustained() / 2;
            bench.note("cascade: %d at %.1f/s".formatted(size.half(), rate));
            var atHalf = atRate(tenants, size.half(), rate);
            var half = passed(atHalf);
            writeTrace(bench, "slowest-disablement", slowest(atHalf, CascadeBenchmark::disablement));
            writeTrace(bench, "slowest-certificate", slowest(atHalf, CascadeBenchmark::certification));
            bench.note("cascade: floor");
            var floor = CascadeFloor.measure(bench);
            // Last, since this is code that each tenant runs once: all before have warmed it up.
            bench.note("cascade: %d one after the other".formatted(size.alone()));
            var singles = oneByOne(tenants, size.alone());
            var alone = passed(singles);
            writeTrace(bench, "alone", singles.getLast());
            return outcome(size, floor, alone, burst, half, rate);
        } finally {
            stop(running.values());
        }
    }

    private static Map<String, Running> start(Bench bench, Duration retention) throws Exception {
        var running = new ConcurrentHashMap<String, Running>();
        try {
            Together.all(Services.ALL.stream()
                    .map(Services.Service::name)
                    .<Callable<Running>>map(name -> () -> {
                        var service = bench.service(name, HEAP_MIB, settings(name, retention));
                        running.put(name, service);
                        return service;
                    })
                    .toList());
            return running;
        } catch (Exception e) {
            stop(running.values());
            throw e;
        }
    }

    private static Map<String, String> settings(String service, Duration retention) {
        return service.equals("lifecycle")
                ? Map.of(
                        "TENURE_RETENTION_PERIOD", retention.toString(),
                        "TENURE_RETENTION_FLOOR", retention.toString(),
                        "TENURE_RETENTION_WARNINGS", WARNING.toString())
                : Map.of();
    }

    private static void stop(Iterable<Running> running) {
        try (var threads = Executors.newCachedThreadPool()) {
            running.forEach(r -> threads.submit(r::close));
        }
    }

    private static List<Terminated> oneByOne(CascadeTenants tenants, int count) throws Exception {
        var terminated = new ArrayList<Terminated>();
        for (int i = 0; i < count; i++) {
            long next = System.nanoTime() + APART.toNanos();
            var one = tenants.terminate(0);
            terminated.add(one);
            one.seen().shut().get(LIMIT_SECONDS, TimeUnit.SECONDS);
            TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
        }
        return terminated;
    }

    /** In a run that makes profiles: what happened to one tenant, and when. */
    private static void writeTrace(Bench bench, String name, Terminated one) throws IOException {
        if (bench.profiles().isPresent()) {
            Waterfall.write(
                    bench.platform(), one.traceId(), bench.profiles().get().resolve("cascade-" + name + ".txt"));
        }
    }

    private static Terminated slowest(List<Terminated> certified, Function<Terminated, Duration> way) {
        return Collections.max(certified, Comparator.comparing(way));
    }

    /** Facts may overtake the answer of the request that caused them. */
    private static Duration disablement(Terminated one) {
        var took = Duration.between(one.accepted(), one.seen().shut().join());
        return took.isNegative() ? Duration.ZERO : took;
    }

    private static Duration certification(Terminated one) {
        var took =
                Duration.between(one.seen().due().join(), one.seen().certified().join());
        return took.isNegative() ? Duration.ZERO : took;
    }

    private static List<Terminated> burst(CascadeTenants tenants, int count) throws InterruptedException {
        return atRate(tenants, count, 1e6);
    }

    private static List<Terminated> atRate(CascadeTenants tenants, int count, double perSecond)
            throws InterruptedException {
        var terminated = new ConcurrentLinkedQueue<Terminated>();
        OpenLoop.run(
                perSecond,
                tenants.connections(),
                Duration.ZERO,
                Duration.ofNanos((long) (count / perSecond * 1e9) - 1),
                (connection, sequence) -> terminated.add(tenants.terminate(connection)));
        return List.copyOf(terminated);
    }

    /** Waits until all are certified. */
    private static Passed passed(List<Terminated> terminated)
            throws ExecutionException, InterruptedException, TimeoutException {
        var shut = new Histogram(3);
        var certified = new Histogram(3);
        var shutBetween = new Between();
        var certifiedBetween = new Between();
        for (var one : terminated) {
            var shutAt = one.seen().shut().get(LIMIT_SECONDS, TimeUnit.SECONDS);
            var certifiedAt = one.seen().certified().get(LIMIT_SECONDS, TimeUnit.SECONDS);
            var due = one.seen().due().join();
            shut.recordValue(disablement(one).toNanos());
            certified.recordValue(certification(one).toNanos());
            shutBetween.add(one.accepted(), shutAt);
            certifiedBetween.add(due, certifiedAt);
        }
        return new Passed(
                shut,
                certified,
                terminated.size() / shutBetween.seconds(),
                terminated.size() / certifiedBetween.seconds());
    }

    /** From the first beginning to the last end. */
    private static final class Between {

        private Instant first = Instant.MAX;
        private Instant last = Instant.MIN;

        void add(Instant begin, Instant end) {
            first = begin.isBefore(first) ? begin : first;
            last = end.isAfter(last) ? end : last;
        }

        double seconds() {
            return Duration.between(first, last).toNanos() / 1e9;
        }
    }

    private static double millis(Histogram nanos, double percentile) {
        return nanos.getValueAtPercentile(percentile) / 1e6;
    }

    private static Figure figure(String name, String unit, double value) {
        return Figure.of(name, unit, List.of(value));
    }

    private static Outcome outcome(Size size, CascadeFloor floor, Passed alone, Passed burst, Passed half, double rate)
            throws IOException {
        var figures = new ArrayList<Figure>();
        figures.add(figure("floor, request to last disablement", "ms", floor.disablement()));
        figures.add(figure("floor, due to certificate", "ms", floor.certificate()));
        figures.add(figure("commit alone, p50", "ms", floor.commit()));
        figures.add(figure("Kafka hop alone, p50", "ms", floor.hop()));
        for (var way : List.of("request to last disablement", "due to certificate")) {
            boolean shutting = way.startsWith("request");
            figures.add(figure(
                    way + ", one at a time, p50", "ms", millis(shutting ? alone.shut() : alone.certified(), 50)));
            figures.add(figure(
                    way + ", one at a time, p99", "ms", millis(shutting ? alone.shut() : alone.certified(), 99)));
            figures.add(figure(way + ", half load, p50", "ms", millis(shutting ? half.shut() : half.certified(), 50)));
            figures.add(figure(way + ", half load, p99", "ms", millis(shutting ? half.shut() : half.certified(), 99)));
            figures.add(
                    figure(way + ", all at once", "tenants/s", shutting ? burst.shutRate() : burst.certifiedRate()));
        }
        var reaches = List.of(
                Reach.atMost(
                        "request to last disablement, p50 in floors, one at a time",
                        millis(alone.shut(), 50) / floor.disablement(),
                        REACH_ALONE),
                Reach.atMost(
                        "request to last disablement, p99 in floors, half load",
                        millis(half.shut(), 99) / floor.disablement(),
                        REACH_HALF_LOAD),
                Reach.atMost(
                        "due to certificate, p50 in floors, one at a time",
                        millis(alone.certified(), 50) / floor.certificate(),
                        REACH_ALONE),
                Reach.atMost(
                        "due to certificate, p99 in floors, half load",
                        millis(half.certified(), 99) / floor.certificate(),
                        REACH_HALF_LOAD));
        return new Outcome(figures, reaches, setting(size, floor, rate));
    }

    private static Map<String, String> setting(Size size, CascadeFloor floor, double rate) {
        var setting = new LinkedHashMap<String, String>();
        setting.put(
                "platform",
                "the five packaged services, one replica each, -Xmx%dm with the options of the container image, defaults except"
                                .formatted(HEAP_MIB)
                        + " for a retention of %s with one warning %s before its end; PostgreSQL, Kafka and Keycloak of the local"
                                .formatted(size.retention(), WARNING)
                        + " platform, mail to its mail server; no spans exported");
        setting.put(
                "tenants",
                "each with one machine (a disk of 1 MiB, which is overwritten and verified), two credentials and one identity;"
                        + " %d to warm up, %d at once, %d at half load, %d one after the other at least %d ms apart, in this order"
                                .formatted(size.warmup(), size.burst(), size.half(), size.alone(), APART.toMillis()));
        setting.put(
                "half load",
                "%.1f tenants/s, half of what came through when all were terminated at once: the slower of both ways"
                        .formatted(rate));
        setting.put(
                "request to last disablement",
                "from the answer of POST /v1/terminations to the arrival of the last of AssetDisabled, TenantDisabled,"
                        + " CredentialRevoked (2), TenantAccessRestricted at a plain KafkaConsumer in the benchmark's JVM");
        setting.put(
                "due to certificate",
                "from retentionEndsAt, by the machine's clock, to the arrival of DeletionCertificateIssued at the same consumer");
        setting.put("floor, request to last disablement", CascadeFloor.DISABLEMENT);
        setting.put("floor, due to certificate", CascadeFloor.CERTIFICATE);
        setting.put("floor, steps", floor.shown());
        setting.put(
                "rounds",
                "none: each tenant is one measurement, and a percentile is over all of a kind; with fewer than 100 tenants p99 is"
                        + " the slowest");
        return setting;
    }
}

package io.tenure.benchmarks.ingest;

import io.tenure.benchmarks.report.Figure;
import io.tenure.benchmarks.report.Outcome;
import io.tenure.benchmarks.report.Reach;
import io.tenure.benchmarks.run.Bench;
import io.tenure.benchmarks.run.Benchmark;
import io.tenure.benchmarks.run.Rounds;
import io.tenure.benchmarks.run.Running;
import io.tenure.benchmarks.run.Warmup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * c. The audit service: a backlog of events from their topics to the signed checkpoint that covers all, beside the same
 * rows through COPY; and proofs out of a long log.
 */
public final class IngestBenchmark implements Benchmark {

    private static final int HEAP_MIB = 256;
    private static final int SINGLES = 50;

    /** The load on nothing is so many times shorter. */
    private static final int PROOFS_TO_NOTHING = 3;

    private static final String INGEST = "record to signed checkpoint";
    private static final String COPY = "COPY of the same rows";
    private static final String ONE = "one record to signed checkpoint, p50";

    private static final String NOTHING =
            "GET %s at %.0f/s, p99".formatted(InclusionProofs.NOTHING, InclusionProofs.RATE);

    private record Size(int backlog, int leaves, Duration warmup, Duration proving) {}

    @Override
    public String id() {
        return "c";
    }

    @Override
    public String name() {
        return "ingest";
    }

    @Override
    public String title() {
        return "Audit ingest: record to signed checkpoint";
    }

    @Override
    public Outcome run(Bench bench) throws Exception {
        var size = bench.quick()
                ? new Size(10_000, 50_000, Duration.ofSeconds(4), Duration.ofSeconds(1))
                : new Size(100_000, 1_000_000, Duration.ofSeconds(60), Duration.ofSeconds(10));
        bench.freshTopics();
        bench.freshDatabase(AuditFeed.SERVICE);
        try (var service = bench.service(AuditFeed.SERVICE, HEAP_MIB, Map.of());
                var feed = new AuditFeed(bench)) {
            var figures = new ArrayList<>(rates(bench, feed, size));
            figures.add(one(feed, bench.rounds()));
            bench.note("ingest: growing the log to %d entries".formatted(size.leaves()));
            feed.grow(size.leaves(), size.backlog());
            long leaves = feed.size();
            bench.note("ingest: proofs out of %d entries".formatted(leaves));
            figures.addAll(proofs(bench, service, size).values());
            return outcome(figures, size, leaves);
        }
    }

    private static List<Figure> rates(Bench bench, AuditFeed feed, Size size) throws Exception {
        bench.note("ingest: %d events per round".formatted(size.backlog()));
        long first = feed.size();
        // The peer's rows of a round were logged the round before.
        feed.perSecond(size.backlog());
        try (var raw = new RawLeaves(bench, first)) {
            return List.copyOf(Rounds.alternate(
                            bench.warmups(),
                            bench.rounds(),
                            units(),
                            () -> Map.of(INGEST, feed.perSecond(size.backlog())),
                            () -> Map.of(COPY, raw.perSecond(size.backlog())))
                    .values());
        }
    }

    private static Map<String, String> units() {
        var units = new LinkedHashMap<String, String>();
        units.put(INGEST, "events/s");
        units.put(COPY, "events/s");
        return units;
    }

    private static Figure one(AuditFeed feed, int rounds) throws Exception {
        var medians = new ArrayList<Double>();
        for (int round = 0; round <= rounds; round++) {
            var millis = new ArrayList<Double>();
            for (int i = 0; i < SINGLES; i++) {
                millis.add(feed.oneMillis());
            }
            // The first round is the warm-up.
            if (round > 0) {
                medians.add(Figure.of(ONE, "ms", millis).median());
            }
        }
        return Figure.of(ONE, "ms", medians);
    }

    private static String proof(String percentile) {
        return "inclusion proof at %.0f/s, %s".formatted(InclusionProofs.RATE, percentile);
    }

    private static Map<String, Figure> proofs(Bench bench, Running service, Size size) throws Exception {
        var units = new LinkedHashMap<String, String>();
        units.put(proof("p50"), "ms");
        units.put(proof("p99"), "ms");
        units.put(NOTHING, "ms");
        try (var proofs = new InclusionProofs(bench, service.url())) {
            Warmup.run(bench, "proofs", size.warmup(), proofs::warmUp);
            return Rounds.alternate(
                    0,
                    bench.rounds(),
                    units,
                    () -> {
                        var load = proofs.run(size.proving());
                        return Map.of(proof("p50"), load.millis(50), proof("p99"), load.millis(99));
                    },
                    () -> Map.of(
                            NOTHING,
                            proofs.runOnNothing(size.proving().dividedBy(PROOFS_TO_NOTHING))
                                    .millis(99)));
        }
    }

    private static Outcome outcome(List<Figure> figures, Size size, long leaves) {
        var byName = new LinkedHashMap<String, Figure>();
        figures.forEach(f -> byName.put(f.name(), f));
        var reaches = List.of(
                Reach.atLeast("ingest of COPY", byName.get(INGEST).timesOf(byName.get(COPY)), 0.30),
                Reach.atMost(
                        "inclusion proof at %d entries, p99 in ms".formatted(leaves),
                        byName.get(proof("p99")).median(),
                        5));
        var setting = new LinkedHashMap<String, String>();
        setting.put(
                "data",
                "backlog of %d events per round, from the product's codec, over five topics of six partitions, keyed by"
                                .formatted(size.backlog())
                        + " 1024 tenants; the log grows from round to round");
        setting.put(
                "ingest",
                "the packaged audit service, -Xmx%dm, defaults (batches of at most 1000); ".formatted(HEAP_MIB)
                        + AuditFeed.HOW);
        setting.put(
                "peer: COPY",
                "one JDBC connection, one transaction a round, into a table LIKE leaf INCLUDING ALL that keeps its rows:\n"
                        + RawLeaves.COPY + "\nwithout the hashing, the tree's tiles, and the checkpoints");
        setting.put(
                "one record",
                "%d events per round, each published when the one before was covered; from the broker's acknowledgement"
                        .formatted(SINGLES));
        setting.put(
                "proofs",
                "GET /v1/events/{id}/proof as auditor, open loop of %.0f/s for %d s per round, so that p99 leaves out the slowest %.0f;"
                                .formatted(
                                        InclusionProofs.RATE,
                                        size.proving().toSeconds(),
                                        InclusionProofs.RATE * size.proving().toSeconds() / 100)
                        + " random entries of the whole log; before that a closed loop of the same for "
                        + size.warmup().toSeconds()
                        + " s. The same load on "
                        + InclusionProofs.NOTHING
                        + ", for a shorter time, says what of p99 is the load's own");
        return new Outcome(figures, reaches, setting);
    }
}

package io.tenure.benchmarks.growth;

import io.tenure.benchmarks.fill.SwitchedDatabase;
import io.tenure.benchmarks.ingest.AuditFeed;
import io.tenure.benchmarks.report.Figure;
import io.tenure.benchmarks.run.Bench;
import java.util.List;
import java.util.Map;

/** c. Events taken into a long log, which the service itself made. */
final class IngestGrowth implements GrowthPath {

    private static final int HEAP_MIB = 256;
    private static final int ENTRIES = 5_000;
    private static final int BACKLOG = 5_000;

    /** Logged before each turn's backlog: the new connections and their statements are no part of the figure. */
    private static final int SETTLE = 500;

    private static final int CHUNK = 20_000;

    /** A turn takes a fraction of a second. */
    private static final int TURNS_A_ROUND_WHEN_FULL = 4;

    @Override
    public String name() {
        return "audit ingest";
    }

    @Override
    public String unit() {
        return "events/s";
    }

    @Override
    public String size(Scale scale) {
        return "log of %,d entries".formatted(scale.times(ENTRIES));
    }

    @Override
    public String how(Bench bench) {
        return ("as in c, a backlog of %,d events per turn onto a log of this length, after %d that do not count. One log, grown by"
                        + " the service, which warms it up, and copied when it had each length; the longest is no copy and grows"
                        + " with its turns")
                .formatted(BACKLOG, SETTLE);
    }

    @Override
    public Map<Scale, Figure> measure(Bench bench, List<Scale> scales) throws Exception {
        int rounds = (bench.quick() ? 1 : TURNS_A_ROUND_WHEN_FULL) * bench.rounds();
        bench.freshTopics();
        bench.freshDatabase(AuditFeed.SERVICE);
        try (var service = bench.service(AuditFeed.SERVICE, HEAP_MIB, Map.of());
                var databases = new SwitchedDatabase(bench, service, AuditFeed.SERVICE)) {
            var sized = new SizedDatabases(databases, scales);
            for (var scale : scales) {
                bench.note("growth: growing a " + size(scale));
                try (var feed = new AuditFeed(bench)) {
                    feed.grow(scale.times(ENTRIES), CHUNK);
                }
                sized.add(scale, databases.copyOfLive(scale.toString()), bench.warmups() + rounds);
                service.awaitReady();
            }
            bench.note("growth: %,d events per turn".formatted(BACKLOG));
            return GrowthBenchmark.alternate(this, scales, bench.warmups(), rounds, scale -> {
                sized.use(scale);
                try (var feed = new AuditFeed(bench)) {
                    feed.grow(feed.size() + SETTLE, SETTLE);
                    return feed.perSecond(BACKLOG);
                }
            });
        }
    }
}

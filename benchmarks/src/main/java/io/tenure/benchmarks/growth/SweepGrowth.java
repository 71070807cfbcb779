package io.tenure.benchmarks.growth;

import io.tenure.benchmarks.fill.SwitchedDatabase;
import io.tenure.benchmarks.report.Figure;
import io.tenure.benchmarks.run.Bench;
import io.tenure.benchmarks.sweep.DueSweep;
import io.tenure.benchmarks.sweep.PendingRetentions;
import java.util.List;
import java.util.Map;

/** d. Due retentions swept from among many pending ones. */
final class SweepGrowth implements GrowthPath {

    private static final String SERVICE = "lifecycle";
    private static final int HEAP_MIB = 256;
    private static final int PENDING = 5_000;

    /**
     * What a turn takes.
     *
     * @param warmups turns on the smallest before the rounds
     */
    private record Size(int due, int warmups) {

        static Size of(Bench bench) {
            return bench.quick() ? new Size(500, 3) : new Size(5_000, 10);
        }
    }

    @Override
    public String name() {
        return "retention sweep";
    }

    @Override
    public String unit() {
        return "rows/s";
    }

    @Override
    public String size(Scale scale) {
        return "%,d pending retentions".formatted(scale.times(PENDING));
    }

    @Override
    public String how(Bench bench) {
        return "as in d, %,d due per turn beside the pending ones, from the first due time to the last timer's removal"
                .formatted(Size.of(bench).due());
    }

    @Override
    public Map<Scale, Figure> measure(Bench bench, List<Scale> scales) throws Exception {
        var size = Size.of(bench);
        int turns = bench.rounds();
        bench.freshTopics();
        bench.freshDatabase(SERVICE);
        try (var service = bench.service(SERVICE, HEAP_MIB, Map.of());
                var databases = new SwitchedDatabase(bench, service, SERVICE)) {
            var sized = new SizedDatabases(databases, scales);
            var warmup = databases.copyOfLive("warmup");
            fill(bench, warmup, PENDING, size.warmups(), size.due());
            for (var scale : scales) {
                bench.note("growth: filling " + size(scale));
                var database = databases.copyOfLive(scale.toString());
                fill(bench, database, scale.times(PENDING), sized.staysFor(scale) ? turns : 1, size.due());
                sized.add(scale, database, turns);
            }
            bench.note("growth: warming the sweep up");
            databases.use(warmup);
            for (int group = 1; group <= size.warmups(); group++) {
                perSecond(bench, group, size.due());
            }
            bench.note("growth: %,d due per turn".formatted(size.due()));
            // Each copy has one group; the largest has one for each of its turns.
            var groupOfLargest = new int[1];
            return GrowthBenchmark.alternate(this, scales, 0, turns, scale -> {
                sized.use(scale);
                return perSecond(bench, sized.staysFor(scale) ? ++groupOfLargest[0] : 1, size.due());
            });
        }
    }

    private static void fill(Bench bench, String database, int pending, int groups, int due) throws Exception {
        try (var superuser = bench.connectAsSuperuser(database)) {
            PendingRetentions.fill(superuser, pending, groups, due);
        }
    }

    private static double perSecond(Bench bench, int group, int due) throws Exception {
        try (var superuser = bench.connectAsSuperuser(SERVICE);
                var client = bench.connect(SERVICE)) {
            return new DueSweep(superuser, client, DueSweep.SWEPT)
                    .perSecond(group, due)
                    .get(DueSweep.RECORDED);
        }
    }
}

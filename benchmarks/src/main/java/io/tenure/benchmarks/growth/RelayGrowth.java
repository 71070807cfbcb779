package io.tenure.benchmarks.growth;

import io.tenure.benchmarks.fill.OutboxRows;
import io.tenure.benchmarks.meter.Drain;
import io.tenure.benchmarks.meter.Gone;
import io.tenure.benchmarks.peer.NoopService;
import io.tenure.benchmarks.relay.RecordedLoad;
import io.tenure.benchmarks.relay.RelayBenchmark;
import io.tenure.benchmarks.report.Figure;
import io.tenure.benchmarks.run.Bench;
import io.tenure.local.server.Topics;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * b. Events relayed out of a long outbox. Each scale has a table of its own with as many rows as its backlog; they take
 * turns as the outbox by renaming while the relay is held off. A turn takes the same number of rows from the front of
 * each.
 */
final class RelayGrowth implements GrowthPath {

    private static final int BACKLOG = 20_000;
    private static final int TENANTS = 1024;

    /** A turn counts the rows between these two, from the front. */
    private static final int FROM = 2_000;

    private static final int TO = 18_000;
    private static final int TO_WHEN_QUICK = 10_000;

    /** A turn takes a fraction of a second. */
    private static final int TURNS_A_ROUND_WHEN_FULL = 4;

    @Override
    public String name() {
        return "outbox relay";
    }

    @Override
    public String unit() {
        return "events/s";
    }

    @Override
    public String size(Scale scale) {
        return "%,d rows of %,d tenants wait".formatted(scale.times(BACKLOG), scale.times(TENANTS));
    }

    @Override
    public String how(Bench bench) {
        return ("as in b, but each turn counts the %,d rows behind the first %,d and then holds the relay off again; what was"
                        + " taken is filled up and the table vacuumed before the next turn")
                .formatted(to(bench) - FROM, FROM);
    }

    private static int to(Bench bench) {
        return bench.quick() ? TO_WHEN_QUICK : TO;
    }

    @Override
    public Map<Scale, Figure> measure(Bench bench, List<Scale> scales) throws Exception {
        int to = to(bench);
        bench.platform().kafka().ensureTopics(List.of(RelayBenchmark.RELAYED), Topics.PARTITIONS);
        try (var service = NoopService.start(bench, Map.of());
                var load = new RecordedLoad(bench, service.url());
                var drain = new Drain(bench, NoopService.NAME);
                var owner = bench.connectAsOwner(NoopService.NAME)) {
            drain.hold();
            var outbox = new Outboxes(owner);
            for (var scale : scales) {
                bench.note("growth: filling %s".formatted(size(scale)));
                outbox.make(scale);
                outbox.fillUp(scale);
            }
            bench.note("growth: warming the relay up");
            for (int i = 0; i < (bench.quick() ? 3 : 10); i++) {
                perSecond(outbox, Scale.ONE, to, drain, load);
            }
            return GrowthBenchmark.alternate(
                    this,
                    scales,
                    0,
                    (bench.quick() ? 1 : TURNS_A_ROUND_WHEN_FULL) * bench.rounds(),
                    scale -> perSecond(outbox, scale, to, drain, load));
        }
    }

    private static double perSecond(Outboxes outbox, Scale scale, int to, Drain drain, RecordedLoad load)
            throws Exception {
        outbox.fillUp(scale);
        outbox.use(scale);
        try (var first = outbox.present(FROM);
                var last = outbox.present(to)) {
            drain.release();
            // As a command would wake it.
            load.record();
            Gone.await(first, 1);
            long began = System.nanoTime();
            Gone.await(last, 1);
            double seconds = (System.nanoTime() - began) / 1e9;
            return (to - FROM) / seconds;
        } finally {
            drain.hold();
        }
    }

    /** The tables. */
    private static final class Outboxes {

        private static final String IN_USE = "outbox";

        private final Connection owner;
        private String ownNameOfOneInUse = "outbox_first";

        Outboxes(Connection owner) {
            this.owner = owner;
        }

        private static String ownName(Scale scale) {
            return "outbox_" + scale;
        }

        private String name(Scale scale) {
            return ownName(scale).equals(ownNameOfOneInUse) ? IN_USE : ownName(scale);
        }

        void make(Scale scale) throws SQLException {
            execute("CREATE TABLE %s (LIKE outbox INCLUDING ALL)".formatted(ownName(scale)));
            execute("ALTER TABLE %s SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)"
                    .formatted(ownName(scale)));
            execute("GRANT SELECT, INSERT, DELETE ON %s TO %s".formatted(ownName(scale), NoopService.NAME));
        }

        /** As many rows as there should be, in a table that is in order. */
        void fillUp(Scale scale) throws SQLException {
            var table = name(scale);
            int missing = scale.times(BACKLOG) - count(table);
            if (missing > 0) {
                OutboxRows.insert(owner, table, RelayBenchmark.RELAYED, missing, scale.times(TENANTS));
            }
            execute("VACUUM ANALYZE " + table);
        }

        /** The service's next statement goes to this one. */
        void use(Scale scale) throws SQLException {
            if (ownName(scale).equals(ownNameOfOneInUse)) {
                return;
            }
            owner.setAutoCommit(false);
            execute("ALTER TABLE %s RENAME TO %s".formatted(IN_USE, ownNameOfOneInUse));
            execute("ALTER TABLE %s RENAME TO %s".formatted(ownName(scale), IN_USE));
            owner.commit();
            owner.setAutoCommit(true);
            ownNameOfOneInUse = ownName(scale);
        }

        /** A query that finds the row at this place until it is relayed. */
        PreparedStatement present(int place) throws SQLException {
            try (var select = owner.prepareStatement("SELECT seq FROM outbox ORDER BY seq OFFSET ? LIMIT 1")) {
                select.setInt(1, place - 1);
                try (var rows = select.executeQuery()) {
                    rows.next();
                    var present = owner.prepareStatement("SELECT FROM outbox WHERE seq = ?");
                    present.setLong(1, rows.getLong(1));
                    return present;
                }
            }
        }

        private int count(String table) throws SQLException {
            try (var statement = owner.createStatement();
                    var rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
                rows.next();
                return rows.getInt(1);
            }
        }

        private void execute(String sql) throws SQLException {
            try (var statement = owner.createStatement()) {
                statement.execute(sql);
            }
        }
    }
}

package io.tenure.benchmarks.sweep;

import io.tenure.benchmarks.meter.Gone;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Groups of {@link PendingRetentions} that become due, and how fast the service ends them.
 *
 * @param superuser may vacuum
 * @param client the service's role
 * @param tables what is vacuumed before each measurement
 */
public record DueSweep(Connection superuser, Connection client, List<String> tables) {

    /** The figure that counts until the event is in the outbox. */
    public static final String RECORDED = "sweep, due to event recorded";

    /** The figure that counts until the event has left the outbox. */
    static final String RELAYED = "sweep, due to event relayed";

    /** What a sweep changes. */
    public static final List<String> SWEPT = List.of("retention_timer", "termination", "blocker", "outbox", "evidence");

    private static final long POLL_MILLIS = 5;

    /** Lets the service end a group. @return rows a second, by the names above */
    public Map<String, Double> perSecond(int group, int due) throws SQLException, InterruptedException {
        vacuum();
        var start = Instant.now().plusMillis(500 + due / 4);
        PendingRetentions.makeDue(client, group, start);
        if (Instant.now().isAfter(start)) {
            throw new IllegalStateException("The timers were due before they were committed");
        }
        try (var last = client.prepareStatement("""
                        SELECT FROM retention_timer WHERE termination_id =
                            (SELECT id FROM bench_retention WHERE grp = ? ORDER BY n DESC LIMIT 1)""");
                var any = client.prepareStatement(
                        "SELECT FROM retention_timer WHERE due_at < now() + interval '1 hour' LIMIT 1")) {
            last.setInt(1, group);
            Thread.sleep(Duration.between(Instant.now(), start).plusMillis(20));
            // The sweep goes by due time: when the last timer is gone, all are, and it is cheap to look for.
            Gone.await(last, POLL_MILLIS);
            Gone.await(any, POLL_MILLIS);
            double recorded = seconds(start);
            awaitRelayed();
            double relayed = seconds(start);
            requireBegun(group, due);
            return Map.of(RECORDED, due / recorded, RELAYED, due / relayed);
        }
    }

    private static double seconds(Instant since) {
        return Duration.between(since, Instant.now()).toNanos() / 1e9;
    }

    /** Returns when the outbox is empty. */
    void awaitRelayed() throws SQLException, InterruptedException {
        try (var unsent = client.prepareStatement("SELECT FROM outbox LIMIT 1")) {
            Gone.await(unsent, POLL_MILLIS);
        }
    }

    /** @throws IllegalStateException unless all of a group have ended */
    void requireBegun(int group, int due) throws SQLException {
        long begun = PendingRetentions.begun(client, group);
        if (begun != due) {
            throw new IllegalStateException("Of " + due + " due retentions " + begun + " ended");
        }
    }

    /** With fresh statistics too: none of a million is in the state that ten thousand have a moment later. */
    void vacuum() throws SQLException {
        try (var statement = superuser.createStatement()) {
            statement.execute("VACUUM (ANALYZE) " + String.join(", ", tables));
        }
    }
}

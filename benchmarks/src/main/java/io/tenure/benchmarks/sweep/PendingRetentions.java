package io.tenure.benchmarks.sweep;

import io.tenure.benchmarks.fill.BulkFill;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;

/**
 * Retentions in the lifecycle service's database, as the cascade would have left them: each with its tenant, its
 * termination, four notices and a timer. Some groups of them are over, with every notice delivered, and have no timer yet.
 */
public final class PendingRetentions {

    private static final int NOTICES = 4;

    private PendingRetentions() {}

    /**
     * Fills the tables.
     *
     * @param superuser a connection to a database that no service uses
     * @param pending retentions that end in one to thirty days
     * @param groups sets of retentions that are over, numbered from 1, for {@link #makeDue}
     * @param size retentions in each group
     */
    public static void fill(Connection superuser, int pending, int groups, int size) throws SQLException {
        BulkFill.run(
                superuser,
                List.of(
                        """
                        CREATE TABLE bench_retention AS
                        SELECT n, CASE WHEN n <= %2$d THEN 1 + (n - 1) / %1$d ELSE 0 END AS grp,
                               uuidv7() AS tenant_id, uuidv7() AS id
                        FROM generate_series(1, %2$d + %3$d) n""".formatted(size, groups * size, pending),
                        "CREATE INDEX ON bench_retention (grp, n)",
                        "GRANT SELECT ON bench_retention TO lifecycle",
                        "INSERT INTO tenant SELECT tenant_id, now() - interval '1 year' FROM bench_retention ORDER BY n",
                        """
                        INSERT INTO termination (id, tenant_id, state, requested_at, manifest_media, manifest_digest,
                            retention_started_at, retention_ends_at, schedule_version, notices_required,
                            period_ms, maximum_ms, customer_extension_ms, customer_extensions, time_zone)
                        SELECT id, tenant_id, 'RETAINED', ended - interval '31 days', 1, repeat('0', 64),
                               ended - interval '30 days', ended, 1, %d, 2592000000, 31536000000, 2592000000, 1, 'UTC'
                        FROM (SELECT *, %s AS ended FROM bench_retention) r ORDER BY n""".formatted(NOTICES, END),
                        """
                        INSERT INTO obligation (termination_id, command, participant, due_within)
                        SELECT id, 'DELETE', participant, interval '1 day'
                        FROM bench_retention, unnest(ARRAY['credential', 'provisioning']) participant ORDER BY n""",
                        """
                        INSERT INTO retention_notice (id, termination_id, version, kind, sequence, due_at, accepted_at, delivered_at)
                        SELECT uuidv7(), id, 1, CASE k WHEN 0 THEN 'RETENTION_STARTED' ELSE 'RETENTION_WARNING' END,
                               greatest(k, 1), now() - interval '1 day', now() - interval '1 day', now() - interval '1 day'
                        FROM bench_retention, generate_series(0, %d - 1) k""".formatted(NOTICES),
                        """
                        INSERT INTO retention_timer (termination_id, due_at, traceparent)
                        SELECT id, %s, '%s' FROM bench_retention WHERE grp = 0 ORDER BY n""".formatted(END, TRACEPARENT)));
    }

    private static final String TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    /** When a row of the table ends: a group's before now, a pending one's spread over a month. */
    private static final String END = "CASE WHEN grp > 0 THEN now() - interval '1 hour'"
            + " ELSE now() + interval '1 day' + n % 2505600 * interval '1 second' END";

    /**
     * Gives a group its timers, due at this instant in the order of their numbers, a microsecond apart; in the caller's
     * transaction.
     */
    static void makeDue(Connection connection, int group, Instant due) throws SQLException {
        try (var insert = connection.prepareStatement("""
                INSERT INTO retention_timer (termination_id, due_at, traceparent)
                SELECT id, ?::timestamptz + (n - min(n) OVER ()) * interval '1 microsecond', ?
                FROM bench_retention WHERE grp = ? ORDER BY n""")) {
            insert.setObject(1, OffsetDateTime.ofInstant(due, ZoneOffset.UTC));
            insert.setString(2, TRACEPARENT);
            insert.setInt(3, group);
            insert.executeUpdate();
        }
    }

    /** How many terminations of a group are in {@code DELETING} with their fact kept as evidence. */
    static long begun(Connection connection, int group) throws SQLException {
        try (var count = connection.prepareStatement("""
                SELECT count(*) FROM bench_retention JOIN termination USING (id)
                WHERE grp = ? AND state = 'DELETING' AND EXISTS (
                    SELECT FROM evidence WHERE termination_id = id AND type = 'io.tenure.lifecycle.DeletionStarted')""")) {
            count.setInt(1, group);
            try (var rows = count.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }
}

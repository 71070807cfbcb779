package io.tenure.benchmarks.sweep;

import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.LifecycleFact.DeletionStarted;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;

/**
 * What a sweep does to due retentions, as one statement: same rows, same checks, same tables, a payload of the same size.
 */
final class RawSweep {

    private static final UUID EVENT = new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0001L);
    private static final UUID TENANT = new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0002L);
    private static final UUID TERMINATION = new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0003L);
    private static final String TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final Event EXAMPLE = new Event(
            EVENT,
            "/tenure/lifecycle",
            "/v1/terminations/" + TERMINATION,
            Instant.parse("2026-01-01T00:00:00.000001Z"),
            TENANT,
            TERMINATION,
            TRACEPARENT,
            new DeletionStarted(TERMINATION, "0".repeat(64)));

    private static final String PAYLOAD = new String(new EventCodec().encode(EXAMPLE), StandardCharsets.UTF_8);

    /** Which retentions end: those with a timer between two instants. */
    private static final String DUE = """
            WITH due AS (
                SELECT timer.termination_id, timer.traceparent
                FROM retention_timer timer JOIN termination ON termination.id = timer.termination_id
                WHERE timer.due_at >= ? AND timer.due_at < ? AND %s
                FOR UPDATE OF timer, termination SKIP LOCKED
            ), done AS (
                DELETE FROM retention_timer timer USING due WHERE timer.termination_id = due.termination_id
            ),""";

    /** Which retention ends: one, whose time somebody else kept. */
    private static final String ONE = """
            WITH due AS (
                SELECT termination.id AS termination_id, ? AS traceparent
                FROM termination WHERE termination.id = ? AND %s
                FOR UPDATE
            ),""";

    private static final String MAY_END = "termination.state = 'RETAINED' AND termination.retention_ends_at <= now()"
            + " AND NOT (SELECT stopped FROM deletion_gate)"
            + " AND termination.notices_required <= (SELECT count(*) FROM retention_notice notice"
            + " WHERE notice.termination_id = termination.id AND notice.version = termination.schedule_version"
            + " AND delivered_at IS NOT NULL AND (accepted_at <= due_at OR kind = 'RETENTION_STARTED'))";

    private static final String EFFECT = """
             moved AS (
                UPDATE termination SET state = 'DELETING', deletion_started_at = now()
                FROM due WHERE termination.id = due.termination_id
                RETURNING termination.id, termination.tenant_id, due.traceparent
            ), resolved AS (
                DELETE FROM blocker USING due WHERE blocker.termination_id = due.termination_id
            ), event AS (
                SELECT event.*, replace(replace(replace(?, ?, event_id::text), ?, tenant_id::text), ?, id::text) AS payload
                FROM (SELECT uuidv7() AS event_id, moved.* FROM moved) event
            ), published AS (
                INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, tenant_id, bucket, traceparent, recorded_at)
                SELECT event_id, 'tenure.lifecycle', tenant_id, ?, payload, tenant_id,
                       abs(hashtext(tenant_id::text)) % 64, traceparent, now()
                FROM event
            ), kept AS (
                INSERT INTO evidence (event_id, termination_id, type, subject, resource_id, occurred_at, sha256, event)
                SELECT event_id, id, ?, '/v1/terminations/' || id, NULL, now(),
                       encode(sha256(convert_to(payload, 'UTF8')), 'hex'), convert_to(payload, 'UTF8')
                FROM event
            )
            SELECT count(*) FROM event""";

    /** Takes two due times, and what {@link #execute} sets. */
    static final String ALL_DUE = DUE.formatted(MAY_END) + EFFECT;

    /** Takes a trace context and a termination, and what {@link #execute} sets. */
    static final String ONE_DUE = ONE.formatted(MAY_END) + EFFECT;

    private RawSweep() {}

    /** Ends all retentions that are due in between, in the caller's transaction. @return how many */
    static long run(Connection connection, Instant from, Instant to) throws SQLException {
        try (var sweep = connection.prepareStatement(ALL_DUE)) {
            sweep.setObject(1, OffsetDateTime.ofInstant(from, ZoneOffset.UTC));
            sweep.setObject(2, OffsetDateTime.ofInstant(to, ZoneOffset.UTC));
            return execute(sweep);
        }
    }

    /** Ends one retention if it may end, in the caller's transaction. @return 1, or 0 if it may not */
    static long run(Connection connection, UUID terminationId) throws SQLException {
        try (var sweep = connection.prepareStatement(ONE_DUE)) {
            sweep.setString(1, TRACEPARENT);
            sweep.setObject(2, terminationId);
            return execute(sweep);
        }
    }

    /** Sets the example of an event with its three ids, and its type. */
    private static long execute(PreparedStatement sweep) throws SQLException {
        sweep.setString(3, PAYLOAD);
        sweep.setString(4, EVENT.toString());
        sweep.setString(5, TENANT.toString());
        sweep.setString(6, TERMINATION.toString());
        sweep.setString(7, EXAMPLE.type());
        sweep.setString(8, EXAMPLE.type());
        try (var count = sweep.executeQuery()) {
            count.next();
            return count.getLong(1);
        }
    }
}

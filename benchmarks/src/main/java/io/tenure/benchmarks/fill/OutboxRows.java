package io.tenure.benchmarks.fill;

import io.tenure.events.AssetKind;
import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.MediaDigest;
import io.tenure.events.ProvisioningFact.AssetDisabled;
import io.tenure.events.ProvisioningFact.Disk;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Rows of an outbox, as a service would have recorded them: the fact of a disabled machine with two disks, encoded by the
 * product's codec, each with an id and a tenant of its own.
 */
public final class OutboxRows {

    /** How many tenants the rows belong to; a multiple of the buckets, so that a tenant stays in one. */
    public static final int TENANTS = 1024;

    private static final int BUCKETS = 64;
    private static final UUID EVENT = new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0001L);
    private static final UUID TENANT = new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0002L);
    private static final Instant TIME = Instant.parse("2026-01-01T00:00:00.000001Z");
    private static final String TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final Event EXAMPLE = new Event(
            EVENT,
            "/tenure/provisioning",
            "/v1/vms/01900000-0000-7000-8000-000000000003",
            TIME,
            TENANT,
            new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0004L),
            TRACEPARENT,
            new AssetDisabled(
                    new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0004L),
                    new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0003L),
                    AssetKind.VM,
                    new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0005L),
                    2,
                    MediaDigest.ofDisks(
                            List.of(new Disk("system", 42_949_672_960L), new Disk("data", 107_374_182_400L)))));

    private static final String PAYLOAD = new String(new EventCodec().encode(EXAMPLE), StandardCharsets.UTF_8);

    private OutboxRows() {}

    /** Size of each payload in bytes; ASCII. */
    public static int payloadBytes() {
        return PAYLOAD.length();
    }

    /**
     * Inserts rows set-based, in the caller's transaction.
     *
     * @param table an outbox
     * @param topic where a relay is to bring them
     * @return the highest sequence number, which a relay deletes last
     */
    public static long insert(Connection connection, String table, String topic, int count) throws SQLException {
        return insert(connection, table, topic, count, TENANTS);
    }

    /**
     * The same for another number of tenants.
     *
     * @param tenants a multiple of the buckets
     */
    public static long insert(Connection connection, String table, String topic, int count, int tenants)
            throws SQLException {
        try (var insert = connection.prepareStatement("""
                WITH inserted AS (
                    INSERT INTO %s (id, aggregatetype, aggregateid, type, payload, tenant_id, bucket, traceparent, recorded_at)
                    SELECT id, ?, tenant_id, ?, replace(replace(?, ?, id::text), ?, tenant_id::text), tenant_id, bucket, ?, now()
                    FROM (SELECT uuidv7() AS id, md5('tenant ' || n %% ?)::uuid AS tenant_id, n %% ? AS bucket
                          FROM generate_series(1, ?) n) event
                    RETURNING seq)
                SELECT max(seq) FROM inserted""".formatted(table))) {
            insert.setString(1, topic);
            insert.setString(2, EXAMPLE.type());
            insert.setString(3, PAYLOAD);
            insert.setString(4, EVENT.toString());
            insert.setString(5, TENANT.toString());
            insert.setString(6, TRACEPARENT);
            insert.setInt(7, tenants);
            insert.setInt(8, BUCKETS);
            insert.setInt(9, count);
            try (var highest = insert.executeQuery()) {
                highest.next();
                return highest.getLong(1);
            }
        }
    }

    /**
     * Inserts one row, whose event says that it happened now, in the caller's transaction.
     *
     * @param sequence chooses the tenant
     */
    public static void insertOne(Connection connection, String table, String topic, long sequence) throws SQLException {
        var tenant = new UUID(TENANT.getMostSignificantBits(), TENANT.getLeastSignificantBits() + sequence % TENANTS);
        var id = UUID.randomUUID();
        try (var insert =
                connection.prepareStatement("INSERT INTO " + table + " (id, aggregatetype, aggregateid, type, payload,"
                        + " tenant_id, bucket, traceparent, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, now())")) {
            insert.setObject(1, id);
            insert.setString(2, topic);
            insert.setString(3, tenant.toString());
            insert.setString(4, EXAMPLE.type());
            insert.setString(
                    5,
                    PAYLOAD.replace(EVENT.toString(), id.toString())
                            .replace(TENANT.toString(), tenant.toString())
                            .replace(TIME.toString(), Instant.now().toString()));
            insert.setObject(6, tenant);
            insert.setShort(7, (short) (sequence % BUCKETS));
            insert.setString(8, TRACEPARENT);
            insert.executeUpdate();
        }
    }
}

package io.tenure.benchmarks.relay;

import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;

/** The relay's SQL, batch by batch, on a table like the outbox through JDBC, and nothing sent in between. */
final class RawRelay {

    /** The statements of {@code OutboxRelay} with another table and another class of advisory locks. */
    static final String CLAIM = """
            WITH waiting AS MATERIALIZED (
                SELECT b::int4 AS bucket FROM generate_series(0, 63) b
                WHERE EXISTS (SELECT FROM raw_outbox WHERE raw_outbox.bucket = b))
            SELECT bucket FROM waiting WHERE pg_try_advisory_xact_lock(7, bucket)""";

    static final String READ = """
            SELECT seq, id, aggregatetype, aggregateid, payload, traceparent FROM raw_outbox
            WHERE bucket = ANY(?) ORDER BY seq LIMIT ?""";

    static final String DELETE = "DELETE FROM raw_outbox WHERE seq = ANY(?)";

    private final int batchSize;

    RawRelay(int batchSize) {
        this.batchSize = batchSize;
    }

    /** Takes batches until none is left. @return how many rows were deleted */
    int drain(Connection connection) throws SQLException {
        int all = 0;
        try (var claim = connection.prepareStatement(CLAIM);
                var read = connection.prepareStatement(READ);
                var delete = connection.prepareStatement(DELETE)) {
            while (true) {
                var buckets = new ArrayList<Integer>();
                try (var rows = claim.executeQuery()) {
                    while (rows.next()) {
                        buckets.add(rows.getInt(1));
                    }
                }
                if (buckets.isEmpty()) {
                    connection.commit();
                    return all;
                }
                var sequences = new ArrayList<Long>(batchSize);
                Array claimed = connection.createArrayOf("int4", buckets.toArray());
                read.setArray(1, claimed);
                read.setInt(2, batchSize);
                try (var rows = read.executeQuery()) {
                    while (rows.next()) {
                        sequences.add(rows.getLong("seq"));
                        rows.getString("payload");
                    }
                }
                delete.setArray(1, connection.createArrayOf("int8", sequences.toArray()));
                all += delete.executeUpdate();
                connection.commit();
            }
        }
    }
}

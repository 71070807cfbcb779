package io.tenure.benchmarks.meter;

import io.tenure.benchmarks.run.Bench;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The outbox of a running service, from outside: how far its relay is behind, and holding it off for a while. */
public final class Drain implements AutoCloseable {

    /** The class of the relay's advisory locks, and how many buckets there are; see OutboxRelay in the kit. */
    private static final int LOCK_CLASS = 0x7E0B;

    private static final int BUCKETS = 64;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Connection connection;
    private final PreparedStatement count;

    /** Connects to the service's database. */
    public Drain(Bench bench, String service) throws SQLException {
        this.connection = bench.connect(service);
        this.count = connection.prepareStatement("SELECT count(*) FROM outbox");
    }

    /** How many events wait. */
    public long waiting() throws SQLException {
        try (var rows = count.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** Returns when none wait, so that what one load left does not disturb the next. */
    public void await() throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (waiting() > 0) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "the relay has not emptied the outbox within " + LIMIT.toSeconds() + " s");
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    /** Takes the locks of all buckets, so that the relay finds nothing that it may send. */
    public void hold() throws SQLException {
        execute("SELECT pg_advisory_lock(%d, b) FROM generate_series(0, %d) b".formatted(LOCK_CLASS, BUCKETS - 1));
    }

    /** Lets the relay go on. */
    public void release() throws SQLException {
        execute("SELECT pg_advisory_unlock_all()");
    }

    private void execute(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}

package io.tenure.benchmarks.ingest;

import io.tenure.benchmarks.run.Bench;
import io.tenure.local.server.KafkaAccess;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Events for the audit service, and how long it takes to log them. A backlog is made while the log's own lock is held from
 * outside: the service, which is warm and runs, stands still until it is let go.
 */
public final class AuditFeed implements AutoCloseable {

    /** The service and its database. */
    public static final String SERVICE = "audit";

    /** How the figures came about, for the setting. */
    static final String HOW =
            "the backlog is acknowledged by Kafka while another session holds the log's advisory lock,"
                    + " so that the service, warm and connected, waits; from the lock's release to the signed checkpoint that"
                    + " covers the last event, as another session sees it";

    private static final int TENANTS = 1024;
    private static final Duration LIMIT = Duration.ofMinutes(10);

    /** The sequencer's lock: one for all replicas. */
    private static final String HOLD = "SELECT pg_advisory_lock(32266, 0)";

    private static final String RELEASE = "SELECT pg_advisory_unlock(32266, 0)";

    private final SampleEvents events = new SampleEvents(TENANTS);
    private final KafkaProducer<byte[], byte[]> producer;
    private final Connection connection;
    private final PreparedStatement size;
    private long sequence;

    /** Connects to the broker and to the audit service's database. */
    public AuditFeed(Bench bench) throws SQLException {
        var settings = bench.platform().kafka().clientSettings(KafkaAccess.ADMIN);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        this.producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        this.connection = bench.connect(SERVICE);
        this.size = connection.prepareStatement("SELECT size FROM checkpoint ORDER BY size DESC LIMIT 1");
    }

    /** Puts events on the five topics; returns when the broker has acknowledged all. */
    void publish(int count) {
        var failure = new AtomicReference<Exception>();
        for (int i = 0; i < count && failure.get() == null; i++) {
            producer.send(events.record(sequence++), (metadata, failed) -> failure.compareAndSet(null, failed));
        }
        producer.flush();
        if (failure.get() != null) {
            throw new IllegalStateException("Events were not published", failure.get());
        }
    }

    /** How many entries the newest signed checkpoint covers. */
    public long size() throws SQLException {
        try (var rows = size.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** Returns when a signed checkpoint covers so many entries. */
    void awaitSize(long target, long pollMicros) throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        for (long now = size(); now < target; now = size()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "The log has " + now + " entries and not " + target + " after " + LIMIT);
            }
            TimeUnit.MICROSECONDS.sleep(pollMicros);
        }
    }

    /** Publishes until the log has exactly so many entries, a chunk ahead of the service; nothing where it has as many. */
    public void grow(long entries, int chunk) throws SQLException, InterruptedException {
        long published = size();
        while (published < entries) {
            long before = published;
            published += Math.min(chunk, entries - published);
            publish((int) (published - before));
            awaitSize(before, 20_000);
        }
        awaitSize(entries, 20_000);
    }

    /** A backlog of so many events, logged. @return events a second */
    public double perSecond(int backlog) throws SQLException, InterruptedException {
        long target;
        try (var hold = connection.createStatement()) {
            hold.execute(HOLD);
            target = size() + backlog;
            publish(backlog);
            long released = System.nanoTime();
            hold.execute(RELEASE);
            awaitSize(target, 3_000);
            return backlog * 1e9 / (System.nanoTime() - released);
        }
    }

    /** One event after the other, each from its record's acknowledgement to the checkpoint that covers it. @return ms */
    double oneMillis() throws SQLException, InterruptedException {
        long target = size() + 1;
        publish(1);
        long acknowledged = System.nanoTime();
        awaitSize(target, 200);
        return (System.nanoTime() - acknowledged) / 1e6;
    }

    @Override
    public void close() throws SQLException {
        producer.close();
        connection.close();
    }
}

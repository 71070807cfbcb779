package io.tenure.benchmarks.debezium;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import io.tenure.local.server.KafkaAccess;
import io.tenure.local.server.KafkaServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Debezium's PostgreSQL connector with its outbox event router in this JVM, and a producer with the settings of our
 * relay's. As a Kafka Connect worker does, it goes on reading while the broker acknowledges.
 */
final class DebeziumRelay implements AutoCloseable {

    private final DebeziumEngine<RecordChangeEvent<SourceRecord>> engine;
    private final Producer<String, byte[]> producer;
    private final Thread thread;
    private final CountDownLatch polling = new CountDownLatch(1);
    private volatile String ended;

    private DebeziumRelay(KafkaServer kafka, Properties settings) {
        var producing = kafka.clientSettings(KafkaAccess.ADMIN);
        producing.put(ProducerConfig.ACKS_CONFIG, "all");
        producing.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        producing.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        producer = new KafkaProducer<>(producing, new StringSerializer(), new ByteArraySerializer());
        engine = DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
                .using(settings)
                .using(new DebeziumEngine.ConnectorCallback() {
                    @Override
                    public void pollingStarted() {
                        polling.countDown();
                    }
                })
                .using((success, message, error) -> {
                    ended = message + (error == null ? "" : ": " + error);
                    polling.countDown();
                })
                .notifying(this::send)
                .build();
        thread = Thread.ofPlatform().name("debezium").daemon().unstarted(engine);
    }

    /** Its settings beside the address of the database; shown to readers. */
    static Map<String, String> options(Duration pollInterval) {
        return Map.ofEntries(
                Map.entry("connector.class", "io.debezium.connector.postgresql.PostgresConnector"),
                Map.entry("plugin.name", "pgoutput"),
                Map.entry("publication.autocreate.mode", "filtered"),
                Map.entry("slot.drop.on.stop", "true"),
                Map.entry("snapshot.mode", "no_data"),
                Map.entry("table.include.list", "public.outbox"),
                Map.entry("tombstones.on.delete", "false"),
                Map.entry("poll.interval.ms", Long.toString(pollInterval.toMillis())),
                Map.entry("transforms", "outbox"),
                Map.entry("transforms.outbox.type", "io.debezium.transforms.outbox.EventRouter"),
                Map.entry("transforms.outbox.route.by.field", "aggregatetype"),
                Map.entry("transforms.outbox.route.topic.replacement", "${routedByValue}"),
                Map.entry("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore"));
    }

    /**
     * Starts it; returns once it reads changes.
     *
     * @param database host, port, name, user and password as {@code database.*}
     */
    static DebeziumRelay start(KafkaServer kafka, Map<String, String> database, Duration pollInterval)
            throws InterruptedException {
        var settings = new Properties();
        settings.putAll(options(pollInterval));
        settings.putAll(database);
        settings.putAll(Map.of("name", "outbox", "topic.prefix", "outbox", "slot.name", "outbox"));
        var relay = new DebeziumRelay(kafka, settings);
        relay.thread.start();
        if (!relay.polling.await(60, TimeUnit.SECONDS) || relay.ended != null) {
            throw new IllegalStateException("Debezium does not read changes: " + relay.ended);
        }
        return relay;
    }

    private void send(
            List<RecordChangeEvent<SourceRecord>> changes,
            DebeziumEngine.RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
            throws InterruptedException {
        for (var change : changes) {
            var event = change.record();
            if (event.value() instanceof String payload) {
                producer.send(new ProducerRecord<>(
                        event.topic(), (String) event.key(), payload.getBytes(StandardCharsets.UTF_8)));
            }
            committer.markProcessed(change);
        }
        committer.markBatchFinished();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        engine.close();
        thread.join();
        producer.close();
    }
}

package io.tenure.systemtests.harness;

import static java.util.stream.Collectors.toMap;

import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.Fact;
import io.tenure.events.UnreadableEventException;
import io.tenure.local.server.KafkaAccess;
import io.tenure.local.server.KafkaServer;
import io.tenure.local.server.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Everything that was ever on the topics, facts and dead letters, read along by a consumer of no group. */
public final class Journal implements AutoCloseable {

    /**
     * A record as the broker has it.
     *
     * @param value the exact bytes, null for a record without
     * @param event what they say; empty for what is no event
     */
    public record Entry(
            String topic,
            int partition,
            long offset,
            String key,
            byte[] value,
            Map<String, String> headers,
            Optional<Event> event) {

        /** The fact, where it is of this type. */
        <F extends Fact> Optional<F> fact(Class<F> type) {
            return event.map(Event::fact).filter(type::isInstance).map(type::cast);
        }

        /** Whether a service could not process it. */
        public boolean isDeadLetter() {
            return topic.endsWith(".dlq");
        }
    }

    private final EventCodec codec = new EventCodec();
    private final KafkaServer kafka;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<Entry> entries = new ArrayList<>();
    private final Map<TopicPartition, Long> read = new ConcurrentHashMap<>();
    private final Thread reader;
    private volatile boolean closed;
    private volatile RuntimeException broken;

    Journal(KafkaServer kafka) {
        this.kafka = kafka;
        var config = kafka.clientSettings(KafkaAccess.OPERATIONS);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        this.consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(Topics.all().stream()
                .flatMap(topic -> java.util.stream.IntStream.range(0, Topics.PARTITIONS)
                        .mapToObj(partition -> new TopicPartition(topic, partition)))
                .toList());
        this.reader = Thread.ofPlatform().daemon().name("journal").start(this::readAlong);
    }

    private void readAlong() {
        try {
            while (!closed) {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    add(record);
                }
            }
        } catch (WakeupException e) {
            // Closed.
        } catch (RuntimeException e) {
            broken = e;
        } finally {
            consumer.close();
        }
    }

    private void add(ConsumerRecord<byte[], byte[]> record) {
        Optional<Event> event;
        try {
            event = Optional.of(codec.decode(record.value()));
        } catch (UnreadableEventException e) {
            event = Optional.empty();
        }
        var headers = new LinkedHashMap<String, String>();
        record.headers().forEach(h -> headers.put(h.key(), h.value() == null ? null : text(h.value())));
        var entry = new Entry(
                record.topic(),
                record.partition(),
                record.offset(),
                record.key() == null ? null : text(record.key()),
                record.value(),
                headers,
                event);
        synchronized (entries) {
            entries.add(entry);
        }
        read.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
    }

    /** All records so far, in the order in which they were read: that of the broker within a partition. */
    public List<Entry> all() {
        if (broken != null) {
            throw broken;
        }
        synchronized (entries) {
            return List.copyOf(entries);
        }
    }

    /** The records about a tenant on the topics of facts. Redelivered ones are in it as often as they are on the topic. */
    public List<Entry> records(UUID tenantId) {
        return all().stream()
                .filter(e -> !e.isDeadLetter())
                .filter(e -> e.event()
                        .filter(event -> event.tenantId().equals(tenantId))
                        .isPresent())
                .toList();
    }

    /** The events about a tenant, each once. */
    public List<Event> events(UUID tenantId) {
        return List.copyOf(records(tenantId).stream()
                .map(e -> e.event().orElseThrow())
                .collect(toMap(Event::id, e -> e, (first, again) -> first, LinkedHashMap::new))
                .values());
    }

    /** The dead letters of a consuming service that have this key. */
    public List<Entry> deadLetters(String consumer, String key) {
        return all().stream()
                .filter(e -> e.topic().endsWith("." + consumer + ".dlq") && key.equals(e.key()))
                .toList();
    }

    /** Returns when everything that is on the broker now was read. */
    public void catchUp() {
        Map<TopicPartition, Long> ends = new HashMap<>();
        try (var admin = kafka.admin()) {
            var wanted = Topics.all().stream()
                    .flatMap(topic -> java.util.stream.IntStream.range(0, Topics.PARTITIONS)
                            .mapToObj(partition -> new TopicPartition(topic, partition)))
                    .collect(toMap(p -> p, p -> OffsetSpec.latest()));
            admin.listOffsets(wanted).all().get().forEach((partition, info) -> ends.put(partition, info.offset()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        Waiting.until("the journal has read what is on the topics", () -> ends.entrySet().stream()
                .allMatch(end -> end.getValue() == 0 || read.getOrDefault(end.getKey(), 0L) >= end.getValue()));
    }

    /** Puts a record on a topic as the broker's administrator could, who is refused nothing. */
    public void publish(String topic, String key, byte[] value) {
        var config = kafka.clientSettings(KafkaAccess.ADMIN);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        try (var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, key == null ? null : key.getBytes(StandardCharsets.UTF_8), value))
                    .get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

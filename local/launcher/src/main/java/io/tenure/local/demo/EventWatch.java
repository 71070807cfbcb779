package io.tenure.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tenure.local.server.Topics;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads all topics of facts from now on, as anybody at the provider's operations may, and prints a line for each: when it
 * came, what it says, and how long after it happened it was here.
 */
final class EventWatch implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * An event as it came.
     *
     * @param topic where it came from
     * @param key the tenant that it is about
     * @param bytes the record's value, exactly
     * @param json the same, read
     */
    record Seen(String topic, String key, byte[] bytes, JsonNode json) {

        String id() {
            return json.path("id").asText();
        }

        /** The last part of the type, for instance {@code TenantDisabled}. */
        String fact() {
            var type = json.path("type").asText();
            return type.substring(type.lastIndexOf('.') + 1);
        }

        JsonNode data() {
            return json.path("data");
        }

        String correlationId() {
            return json.path("correlationid").asText("");
        }

        Instant time() {
            return Instant.parse(json.path("time").asText());
        }

        /** The trace that it belongs to, empty where it belongs to none. */
        String traceId() {
            var parts = json.path("traceparent").asText("").split("-");
            return parts.length == 4 ? parts[1] : "";
        }
    }

    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final KafkaConsumer<String, byte[]> consumer;
    private final PrintStream out;
    private final long began;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean closed;
    private volatile String tenant;
    private volatile Exception failure;

    /**
     * Begins to read.
     *
     * @param settings of an account that may read all topics
     * @param began {@link System#nanoTime} at which the lines' clock is zero
     */
    EventWatch(Map<String, Object> settings, PrintStream out, long began) {
        this.out = out;
        this.began = began;
        var reading = new HashMap<>(settings);
        reading.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        this.consumer = new KafkaConsumer<>(reading, new StringDeserializer(), new ByteArrayDeserializer());
        var partitions = Topics.FACTS.stream()
                .flatMap(t -> consumer.partitionsFor(t).stream())
                .map(p -> new TopicPartition(p.topic(), p.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        // Otherwise the end is looked up with the first poll, which may be after the first event.
        partitions.forEach(consumer::position);
        Thread.ofPlatform().name("event-watch").daemon().start(this::read);
    }

    /** Others may be at work on the same deployment: only this tenant's events count. */
    void only(String tenantId) {
        tenant = tenantId;
    }

    private boolean concerns(Seen event) {
        var one = tenant;
        return one == null || one.equals(event.key());
    }

    private void read() {
        try (consumer) {
            while (!closed) {
                for (var record : consumer.poll(Duration.ofMillis(100))) {
                    var event = new Seen(record.topic(), record.key(), record.value(), JSON.readTree(record.value()));
                    if (concerns(event)) {
                        print(event);
                    }
                    seen.add(event);
                }
            }
        } catch (IOException | RuntimeException e) {
            failure = e;
        } finally {
            ended.countDown();
        }
    }

    private void print(Seen event) {
        var now = Instant.now();
        out.printf(
                Locale.ROOT,
                "    %6.1f s  %-13s %-28s %5d ms after it happened%n",
                (System.nanoTime() - began) / 1e9,
                event.topic().substring(event.topic().indexOf('.') + 1),
                event.fact(),
                Math.max(0, Duration.between(event.time(), now).toMillis()));
    }

    /** Everything seen so far of the tenant, in the order of arrival. */
    List<Seen> all() {
        if (failure != null) {
            throw new CheckFailed("the topics could not be read: " + failure);
        }
        return seen.stream().filter(this::concerns).toList();
    }

    /** Those that pass. */
    List<Seen> all(Predicate<Seen> filter) {
        return all().stream().filter(filter).toList();
    }

    /** The facts of this name. */
    List<Seen> named(String fact) {
        return all(e -> e.fact().equals(fact));
    }

    /** The first fact of this name that passes, as soon as it is there. */
    Seen await(String fact, Duration limit, Predicate<Seen> filter) throws InterruptedException {
        return Waiting.until("event " + fact, limit, () -> named(fact).stream()
                .filter(filter)
                .findFirst());
    }

    @Override
    public void close() {
        closed = true;
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

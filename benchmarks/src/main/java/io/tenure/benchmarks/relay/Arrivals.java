package io.tenure.benchmarks.relay;

import io.tenure.local.server.KafkaAccess;
import io.tenure.local.server.KafkaServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A plain consumer of one topic with the client's default settings, from its end on. Takes of each event how long ago it
 * says that it happened. Both clocks are this machine's.
 */
public final class Arrivals implements AutoCloseable {

    private static final String TIME = "\"time\":\"";

    private final Thread thread;
    private final CountDownLatch ready = new CountDownLatch(1);
    private final String topic;
    private final Map<String, Object> config;
    private volatile boolean open = true;
    private volatile Histogram micros = new ConcurrentHistogram(3);
    private volatile RuntimeException failure;

    private Arrivals(KafkaServer kafka, String topic) {
        this.topic = topic;
        this.config = kafka.clientSettings(KafkaAccess.ADMIN);
        config.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        config.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        this.thread = Thread.ofPlatform().name("arrivals").daemon().unstarted(this::consume);
    }

    /** Returns once the consumer stands at the topic's end. */
    public static Arrivals of(KafkaServer kafka, String topic) throws InterruptedException {
        var arrivals = new Arrivals(kafka, topic);
        arrivals.thread.start();
        if (!arrivals.ready.await(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("No consumer of " + topic, arrivals.failure);
        }
        return arrivals;
    }

    private void consume() {
        try (var consumer = new KafkaConsumer<byte[], byte[]>(config)) {
            consumer.assign(consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList());
            consumer.seekToEnd(consumer.assignment());
            consumer.assignment().forEach(consumer::position);
            ready.countDown();
            while (open) {
                for (var event : consumer.poll(Duration.ofMillis(100))) {
                    var age = ChronoUnit.MICROS.between(time(event.value()), Instant.now());
                    micros.recordValue(Math.max(0, age));
                }
            }
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private static Instant time(byte[] event) {
        var json = new String(event, StandardCharsets.UTF_8);
        int from = json.indexOf(TIME) + TIME.length();
        return Instant.parse(json.substring(from, json.indexOf('"', from)));
    }

    /** Forgets what came so far. */
    public void forget() {
        micros = new ConcurrentHistogram(3);
    }

    /** Waits for this many events since {@link #forget}. @return their ages on arrival, in microseconds */
    public Histogram await(long events) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (micros.getTotalCount() < events) {
            if (failure != null || System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        micros.getTotalCount() + " of " + events + " events arrived on " + topic, failure);
            }
            Thread.sleep(5);
        }
        return micros;
    }

    @Override
    public void close() throws InterruptedException {
        open = false;
        thread.join();
    }
}

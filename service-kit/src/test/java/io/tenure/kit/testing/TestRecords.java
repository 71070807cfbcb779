package io.tenure.kit.testing;

import io.tenure.events.EventCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.microprofile.config.ConfigProvider;

/** Writes and reads records beside the service under test. */
public final class TestRecords {

    private TestRecords() {}

    /** Puts values on a topic in order, as the relay does; returns when the broker has them. */
    public static void publish(String topic, String key, byte[]... values) {
        for (byte[] value : values) {
            publish(topic, key, value, Map.of());
        }
    }

    /** The same of one value, with more headers. */
    public static void publish(String topic, String key, byte[] value, Map<String, String> headers) {
        var record = new ProducerRecord<>(topic, key, value);
        record.headers().add("content-type", EventCodec.CONTENT_TYPE.getBytes(StandardCharsets.UTF_8));
        headers.forEach((name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
        try {
            Clients.ofBroker().producer.send(record).get();
        } catch (InterruptedException | ExecutionException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Everything in the topic now that has this key, in order. */
    public static List<ConsumerRecord<String, byte[]>> read(String topic, String key) {
        return read(topic).stream().filter(record -> key.equals(record.key())).toList();
    }

    /** Everything in the topic now; in order within a partition, and so for a key. */
    public static List<ConsumerRecord<String, byte[]>> read(String topic) {
        return Clients.ofBroker().read(topic);
    }

    /** One producer and one consumer for all tests: each has to log in, which costs more than all that it does here. */
    private static final class Clients {

        private static final Map<String, Clients> BROKERS = new ConcurrentHashMap<>();

        private final Producer<String, byte[]> producer = new KafkaProducer<>(
                client(Map.of("max.request.size", 2 << 20)), new StringSerializer(), new ByteArraySerializer());
        private final Consumer<String, byte[]> consumer = new KafkaConsumer<>(
                client(Map.of("auto.offset.reset", "earliest")), new StringDeserializer(), new ByteArrayDeserializer());
        private final Map<String, List<ConsumerRecord<String, byte[]>>> seen = new HashMap<>();

        static Clients ofBroker() {
            return BROKERS.computeIfAbsent(
                    client(Map.of()).get("bootstrap.servers").toString(), broker -> new Clients());
        }

        synchronized List<ConsumerRecord<String, byte[]>> read(String topic) {
            if (!seen.containsKey(topic)) {
                seen.put(topic, new ArrayList<>());
                List<TopicPartition> partitions = new ArrayList<>(consumer.assignment());
                consumer.partitionsFor(topic)
                        .forEach(partition -> partitions.add(new TopicPartition(topic, partition.partition())));
                consumer.assign(partitions);
            }
            Map<TopicPartition, Long> end = consumer.endOffsets(consumer.assignment());
            while (end.entrySet().stream()
                    .anyMatch(partition -> consumer.position(partition.getKey()) < partition.getValue())) {
                consumer.poll(Duration.ofMillis(50))
                        .forEach(record -> seen.get(record.topic()).add(record));
            }
            return List.copyOf(seen.get(topic));
        }
    }

    /** A header's text; for a dead letter for example {@code dead-letter-reason}. */
    public static String header(ConsumerRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    /** Settings of a client that may do everything, as a test does that plays other services. */
    private static Map<String, Object> client(Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        for (String name : List.of("bootstrap.servers", "security.protocol", "sasl.mechanism", "sasl.jaas.config")) {
            settings.put(name, ConfigProvider.getConfig().getValue("tenure.test.kafka." + name, String.class));
        }
        return settings;
    }
}

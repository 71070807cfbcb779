package io.tenure.credential;

import io.tenure.kit.testing.TestRecords;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The broker's other side: one producer and one consumer for all tests, which live as long as they do. */
final class Kafka {

    private final KafkaProducer<String, byte[]> producer =
            new KafkaProducer<>(TestRecords.client(Map.of()), new StringSerializer(), new ByteArraySerializer());
    private final KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
            TestRecords.client(Map.of("auto.offset.reset", "earliest", "enable.auto.commit", false)),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    private final Map<String, List<ConsumerRecord<String, byte[]>>> seen = new HashMap<>();

    void send(String topic, String key, byte[] value) {
        producer.send(new ProducerRecord<>(topic, key, value));
        producer.flush();
    }

    /** Everything in the topic up to now; in order within a partition, and so for a key. */
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

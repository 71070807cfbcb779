package io.tenure.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tenure.local.server.KafkaAccess;
import io.tenure.local.testing.TestInfra;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ReplayCommandTest {

    private static TestInfra infra;

    @BeforeAll
    static void start() {
        infra = TestInfra.start("replay");
    }

    @AfterAll
    static void stop() {
        infra.close();
    }

    @Test
    void putsEachDeadLetterBackOnceAsItWas() throws Exception {
        var dlq = "tenure.lifecycle.audit.dlq";
        // Bytes that are no text: what could not be read must come back unread.
        byte[] value = {1, 2, (byte) 0xff, 0, 3};
        send(letter(dlq, "tenant-a", value, "tenure.lifecycle"));
        send(letter(dlq, "tenant-b", "{}".getBytes(UTF_8), "tenure.lifecycle"));

        var listed = replay(dlq, "--dry-run");
        assertTrue(listed.contains("tenant-a") && listed.contains("cannot be read"), listed);
        assertEquals(List.of(), read("tenure.lifecycle"));

        assertTrue(replay(dlq).contains("2 dead letter(s) replayed"));
        var back = read("tenure.lifecycle");
        assertEquals(2, back.size());
        var first = back.stream()
                .filter(r -> new String(r.key(), UTF_8).equals("tenant-a"))
                .findFirst()
                .orElseThrow();
        assertArrayEquals(value, first.value());
        assertEquals(
                "trace", new String(first.headers().lastHeader("traceparent").value(), UTF_8));
        assertNull(first.headers().lastHeader("dead-letter-reason"));
        assertNull(first.headers().lastHeader("dead-letter-topic"));

        assertTrue(replay(dlq).contains("0 dead letter(s) replayed"), "what was replayed is not replayed again");
        assertEquals(2, read("tenure.lifecycle").size());
    }

    @Test
    void passesOverWhatDoesNotSayWhereItCameFrom() throws Exception {
        var dlq = "tenure.credential.audit.dlq";
        send(new ProducerRecord<>(dlq, "tenant-c".getBytes(UTF_8), "{}".getBytes(UTF_8)));
        send(letter(dlq, "tenant-d", "{}".getBytes(UTF_8), "tenure.credential"));
        var said = replay(dlq);
        assertTrue(said.contains("1 dead letter(s) replayed"), said);
        assertTrue(said.contains("1 have no header dead-letter-topic"), said);
        assertEquals(1, read("tenure.credential").size());
    }

    private static ProducerRecord<byte[], byte[]> letter(String dlq, String key, byte[] value, String origin) {
        var letter = new ProducerRecord<>(dlq, key.getBytes(UTF_8), value);
        letter.headers().add("traceparent", "trace".getBytes(UTF_8));
        letter.headers().add("dead-letter-topic", origin.getBytes(UTF_8));
        letter.headers().add("dead-letter-reason", "cannot be read".getBytes(UTF_8));
        return letter;
    }

    private static void send(ProducerRecord<byte[], byte[]> record) throws Exception {
        var bytes = new ByteArraySerializer();
        var settings = infra.kafka().clientSettings(KafkaAccess.ADMIN);
        try (var producer = new KafkaProducer<>(settings, bytes, bytes)) {
            producer.send(record).get();
        }
    }

    private static String replay(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--kafka-config", settings().toString()));
        var out = new ByteArrayOutputStream();
        var before = System.out;
        System.setOut(new PrintStream(out, true, UTF_8));
        try {
            new CommandLine(new ReplayCommand()).execute(all.toArray(String[]::new));
        } finally {
            System.setOut(before);
        }
        return out.toString(UTF_8);
    }

    /** A file as an operator of another Kafka has it. */
    private static Path settings() {
        try {
            var properties = new Properties();
            properties.putAll(infra.kafka().clientSettings(KafkaAccess.ADMIN));
            var file = Files.createTempFile(Path.of("target"), "kafka", ".properties");
            try (var writer = Files.newBufferedWriter(file)) {
                properties.store(writer, null);
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        var bytes = new ByteArrayDeserializer();
        var settings = infra.kafka().clientSettings(KafkaAccess.OPERATIONS);
        try (var consumer = new KafkaConsumer<>(settings, bytes, bytes)) {
            var partitions = consumer.partitionsFor(topic).stream()
                    .map(p -> new TopicPartition(topic, p.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            var all = new ArrayList<ConsumerRecord<byte[], byte[]>>();
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                consumer.poll(Duration.ofMillis(200)).forEach(all::add);
            }
            return all;
        }
    }
}

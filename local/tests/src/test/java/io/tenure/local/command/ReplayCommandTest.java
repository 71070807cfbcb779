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
import org.apache.kafka.clients.producer.RecordMetadata;
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
    void putsEachRecordBackOnceAsItWas() throws Exception {
        var dlq = "tenure.lifecycle.audit.dlq";
        // Bytes that are no text: what could not be read must come back unread.
        byte[] value = {1, 2, (byte) 0xff, 0, 3};
        send(letter(dlq, "tenant-a", value));
        send(letter(dlq, "tenant-b", "{}".getBytes(UTF_8)));

        var listed = replay(dlq, "--dry-run");
        assertTrue(listed.contains("tenant-a") && listed.contains("cannot be read"), listed);
        assertEquals(2, read("tenure.lifecycle").size());

        assertTrue(replay(dlq).contains("2 dead letter(s) replayed"));
        var back = read("tenure.lifecycle").stream()
                .filter(r -> new String(r.key(), UTF_8).equals("tenant-a"))
                .toList();
        assertEquals(2, back.size());
        assertArrayEquals(value, back.getLast().value());
        assertEquals(
                "trace",
                new String(back.getLast().headers().lastHeader("traceparent").value(), UTF_8));
        assertNull(back.getLast().headers().lastHeader("dead-letter-reason"));
        assertNull(back.getLast().headers().lastHeader("dead-letter-topic"));

        assertTrue(replay(dlq).contains("0 dead letter(s) replayed"), "what was replayed is not replayed again");
        assertEquals(4, read("tenure.lifecycle").size());
    }

    /** A service may write anything to its dead letters; the administrator's rights must not make a fact of it. */
    @Test
    void aForgedLetterIsPassedOver() throws Exception {
        var dlq = "tenure.credential.audit.dlq";
        var genuine = letter(dlq, "tenant-d", "{}".getBytes(UTF_8));
        send(new ProducerRecord<>(dlq, "tenant-c".getBytes(UTF_8), "{}".getBytes(UTF_8)));
        send(changed(genuine, "dead-letter-topic", "tenure.lifecycle"));
        send(changed(genuine, "dead-letter-offset", "1000000"));
        send(changed(genuine, "dead-letter-partition", "99"));
        var otherValue = new ProducerRecord<>(dlq, null, null, genuine.key(), "[]".getBytes(UTF_8), genuine.headers());
        send(otherValue);
        send(genuine);

        var said = replay(dlq);
        assertTrue(said.contains("1 dead letter(s) replayed"), said);
        assertTrue(said.contains("5 passed over"), said);
        assertEquals(2, read("tenure.credential").size());
    }

    /** A letter whose record lies on its topic. */
    private static ProducerRecord<byte[], byte[]> letter(String dlq, String key, byte[] value) throws Exception {
        var origin = dlq.replaceFirst("[.][a-z]+[.]dlq$", "");
        var original = new ProducerRecord<>(origin, key.getBytes(UTF_8), value);
        original.headers().add("traceparent", "trace".getBytes(UTF_8));
        var lies = send(original);
        var letter = new ProducerRecord<>(dlq, null, null, original.key(), value, original.headers());
        letter.headers().add("dead-letter-topic", origin.getBytes(UTF_8));
        letter.headers()
                .add("dead-letter-partition", Integer.toString(lies.partition()).getBytes(UTF_8));
        letter.headers().add("dead-letter-offset", Long.toString(lies.offset()).getBytes(UTF_8));
        letter.headers().add("dead-letter-reason", "cannot be read".getBytes(UTF_8));
        return letter;
    }

    private static ProducerRecord<byte[], byte[]> changed(
            ProducerRecord<byte[], byte[]> letter, String header, String value) {
        var copy = new ProducerRecord<>(letter.topic(), null, null, letter.key(), letter.value(), letter.headers());
        copy.headers().remove(header).add(header, value.getBytes(UTF_8));
        return copy;
    }

    private static RecordMetadata send(ProducerRecord<byte[], byte[]> record) throws Exception {
        var bytes = new ByteArraySerializer();
        var settings = infra.kafka().clientSettings(KafkaAccess.ADMIN);
        try (var producer = new KafkaProducer<>(settings, bytes, bytes)) {
            return producer.send(record).get();
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

package io.tenure.local.command;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The records that dead letters say they are copies of. A service may write anything to its dead letters, but the topic
 * of facts has one writer: only what lies there is worth being put there again with the rights of an administrator.
 */
final class Originals {

    private static final Pattern DEAD_LETTERS = Pattern.compile("(.+)\\.[a-z-]+\\.dlq");

    /** What was found at the place that a letter names. */
    sealed interface Found {
        /** The record itself. */
        record Original(ConsumerRecord<byte[], byte[]> record) implements Found {}

        /** Nothing any more: the topic has deleted it. */
        record Gone(String topic) implements Found {}

        /** The letter is no copy of a record there. */
        record Contradicted(String why) implements Found {}
    }

    private final Consumer<byte[], byte[]> consumer;

    /** Seeks with this consumer, which nobody else may use. */
    Originals(Consumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    Found of(ConsumerRecord<byte[], byte[]> letter) {
        var name = DEAD_LETTERS.matcher(letter.topic());
        if (!name.matches() || !name.group(1).equals(header(letter, "dead-letter-topic"))) {
            return new Found.Contradicted("its header dead-letter-topic does not name the topic that " + letter.topic()
                    + " keeps dead letters of");
        }
        var topic = name.group(1);
        try {
            int partition = Integer.parseInt(header(letter, "dead-letter-partition"));
            long offset = Long.parseLong(header(letter, "dead-letter-offset"));
            return of(letter, topic, partition, offset);
        } catch (NumberFormatException e) {
            return new Found.Contradicted("its headers do not say where it was on " + topic);
        }
    }

    private Found of(ConsumerRecord<byte[], byte[]> letter, String topic, int number, long offset) {
        if (consumer.partitionsFor(topic).stream().noneMatch(p -> p.partition() == number)) {
            return new Found.Contradicted(topic + " has no partition " + number);
        }
        var partition = new TopicPartition(topic, number);
        var place = topic + "-" + number + "@" + offset;
        if (offset >= consumer.endOffsets(List.of(partition)).get(partition)) {
            return new Found.Contradicted("there never was a record at " + place);
        }
        consumer.assign(List.of(partition));
        consumer.seek(
                partition,
                Math.max(offset, consumer.beginningOffsets(List.of(partition)).get(partition)));
        while (consumer.position(partition) <= offset) {
            for (var record : consumer.poll(Duration.ofSeconds(1)).records(partition)) {
                if (record.offset() == offset) {
                    return isCopy(letter, record)
                            ? new Found.Original(record)
                            : new Found.Contradicted("another record lies at " + place);
                }
            }
        }
        return new Found.Gone(topic);
    }

    /** A letter without a value was too large to be copied. */
    private static boolean isCopy(ConsumerRecord<byte[], byte[]> letter, ConsumerRecord<byte[], byte[]> record) {
        return Arrays.equals(letter.key(), record.key())
                && (letter.value() == null || Arrays.equals(letter.value(), record.value()));
    }

    /** A header's text, empty where the record has none of this name. */
    static String header(ConsumerRecord<?, ?> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }
}

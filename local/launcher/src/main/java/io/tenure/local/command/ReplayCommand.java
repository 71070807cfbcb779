package io.tenure.local.command;

import io.tenure.local.platform.Secrets;
import io.tenure.local.server.KafkaAccess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code ./tenure replay TOPIC}: puts the records that became dead letters onto their topic again. Key and value stay
 * as they are, byte for byte, so that a consumer that has seen the event recognises it. What is put there is the record
 * that lies on the topic of facts, see {@link Originals}. An offset is committed only after the broker has acknowledged
 * the copy.
 */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = "Put dead letters back onto the topic that they came from, with the account admin.")
final class ReplayCommand implements Callable<Integer> {

    /** The consumer group that remembers what was replayed. */
    static final String GROUP = "tenure-replay";

    private static final String DEAD_LETTER = "dead-letter-";
    private static final String REASON = "dead-letter-reason";

    @Parameters(paramLabel = "TOPIC", description = "a dead-letter topic, for instance tenure.lifecycle.audit.dlq")
    private String topic;

    @Option(names = "--dry-run", description = "Only list what would be replayed, with the reasons.")
    private boolean dryRun;

    @Option(
            names = "--without-original",
            description = "Also replay letters whose record is no longer on its topic. Nothing then proves that it ever"
                    + " was: look at them first.")
    private boolean withoutOriginal;

    @Option(
            names = "--kafka-config",
            paramLabel = "FILE",
            description =
                    "Another Kafka than the local platform's: its bootstrap.servers, and the security settings of an"
                            + " account that may read TOPIC and write the topics that the letters came from, as properties.")
    private Path kafka;

    @Override
    public Integer call() throws IOException, ExecutionException, InterruptedException {
        var bytes = new ByteArraySerializer();
        var text = new ByteArrayDeserializer();
        var producing = client();
        producing.put(ProducerConfig.ACKS_CONFIG, "all");
        producing.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        var looking = client();
        looking.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        looking.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        var remembering = new HashMap<>(looking);
        remembering.put(ConsumerConfig.GROUP_ID_CONFIG, GROUP);
        looking.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        try (var letters = new KafkaConsumer<>(remembering, text, text);
                var facts = new KafkaConsumer<>(looking, text, text);
                var producer = new KafkaProducer<>(producing, bytes, bytes)) {
            int refused = replay(letters, new Originals(facts), producer);
            return refused == 0 ? 0 : 1;
        }
    }

    /** Each topic has one writer, so what goes back onto it needs the administrator's account. */
    private Map<String, Object> client() throws IOException {
        if (kafka == null) {
            var settings = new HashMap<>(KafkaAccess.clientSettings(
                    KafkaAccess.ADMIN, new Secrets(Here.layout()).password("kafka-" + KafkaAccess.ADMIN)));
            settings.put(
                    ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                    "127.0.0.1:" + Here.ports().of("kafka"));
            return settings;
        }
        var properties = new Properties();
        try (var file = Files.newBufferedReader(kafka)) {
            properties.load(file);
        }
        var settings = new HashMap<String, Object>();
        properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name)));
        return settings;
    }

    /**
     * Replays what is there now.
     *
     * @return how many letters were passed over
     */
    private int replay(Consumer<byte[], byte[]> consumer, Originals originals, Producer<byte[], byte[]> producer)
            throws ExecutionException, InterruptedException {
        var partitions = consumer.partitionsFor(topic).stream()
                .map(p -> new TopicPartition(p.topic(), p.partition()))
                .toList();
        consumer.assign(partitions);
        var ends = consumer.endOffsets(partitions);
        int done = 0;
        int refused = 0;
        while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
            var sent = new ArrayList<Future<RecordMetadata>>();
            for (var letter : consumer.poll(Duration.ofSeconds(1))) {
                System.out.printf(
                        "%s  offset %d/%d  because: %s%n",
                        letter.key() == null ? "" : new String(letter.key(), StandardCharsets.UTF_8),
                        letter.partition(),
                        letter.offset(),
                        Originals.header(letter, REASON));
                var copy = copy(letter, originals.of(letter));
                if (copy.isEmpty()) {
                    refused++;
                } else if (!dryRun) {
                    sent.add(producer.send(copy.get()));
                    done++;
                }
            }
            for (var acknowledgement : sent) {
                acknowledgement.get();
            }
            if (!dryRun) {
                commit(consumer, partitions);
            }
        }
        System.out.println(dryRun ? "Nothing was replayed (--dry-run)." : done + " dead letter(s) replayed.");
        if (refused > 0) {
            System.out.println(refused + " passed over: they stay in " + topic + ".");
        }
        return refused;
    }

    private static void commit(Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
        consumer.commitSync(partitions.stream()
                .collect(Collectors.toMap(p -> p, p -> new OffsetAndMetadata(consumer.position(p)))));
    }

    /** What is put onto the topic of facts; empty, and the reason is said, where that must not be. */
    private Optional<ProducerRecord<byte[], byte[]>> copy(
            ConsumerRecord<byte[], byte[]> letter, Originals.Found found) {
        return switch (found) {
            case Originals.Found.Original(var record) -> Optional.of(copy(record, record.topic()));
            case Originals.Found.Gone(var origin)
            when withoutOriginal && letter.value() != null -> Optional.of(copy(letter, origin));
            case Originals.Found.Gone(var origin) ->
                passedOver("its record is no longer on " + origin + "; see --without-original");
            case Originals.Found.Contradicted(var why) -> passedOver(why);
        };
    }

    private static Optional<ProducerRecord<byte[], byte[]>> passedOver(String why) {
        System.out.println("    passed over: " + why);
        return Optional.empty();
    }

    private static ProducerRecord<byte[], byte[]> copy(ConsumerRecord<byte[], byte[]> record, String topic) {
        var copy = new ProducerRecord<byte[], byte[]>(topic, record.key(), record.value());
        for (var header : record.headers()) {
            if (!header.key().startsWith(DEAD_LETTER)) {
                copy.headers().add(header);
            }
        }
        return copy;
    }
}

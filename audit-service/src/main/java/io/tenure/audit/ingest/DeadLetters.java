package io.tenure.audit.ingest;

import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Headers;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Puts records that the log cannot take aside on {@code <topic>.<service>.dlq}, with the headers that the other services'
 * dead letters carry: {@code dead-letter-reason}, {@code -topic}, {@code -partition} and {@code -offset}.
 */
@ApplicationScoped
class DeadLetters {

    /** A record and why the log cannot take it; the reason quotes nothing of its content. */
    record Letter(ConsumerRecord<String, Reading> record, String reason) {}

    private static final Logger LOG = Logger.getLogger(DeadLetters.class);

    private final Producer<String, byte[]> producer;
    private final MeterRegistry metrics;
    private final String service;

    DeadLetters(
            Producer<String, byte[]> producer,
            MeterRegistry metrics,
            @ConfigProperty(name = "tenure.service") String service) {
        this.producer = producer;
        this.metrics = metrics;
        this.service = service;
    }

    /** Sends the letters; done when the broker has all of them. A letter may arrive twice, but none is lost. */
    Uni<Void> send(List<Letter> letters) {
        if (letters.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return Uni.join()
                .all(letters.stream().map(this::send).toList())
                .andFailFast()
                .replaceWithVoid();
    }

    private Uni<Void> send(Letter letter) {
        ConsumerRecord<String, Reading> record = letter.record;
        return send(letter, bytes(record), letter.reason)
                .onFailure(RecordTooLargeException.class)
                // With its headers the letter can exceed what the broker takes, though the record alone did not.
                .recoverWithUni(() -> send(
                        letter,
                        null,
                        letter.reason + "; too large to be copied here, read it at its topic, partition and offset"))
                .invoke(() -> {
                    metrics.counter("tenure.log.dead.letters", "topic", record.topic())
                            .increment();
                    LOG.errorf(
                            "Record %s-%d@%d goes to the dead letter: %s",
                            record.topic(), record.partition(), record.offset(), letter.reason);
                });
    }

    private Uni<Void> send(Letter letter, byte[] value, String reason) {
        ConsumerRecord<String, Reading> record = letter.record;
        ProducerRecord<String, byte[]> copy = new ProducerRecord<>(
                record.topic() + "." + service + ".dlq", null, null, record.key(), value, record.headers());
        header(copy.headers(), "dead-letter-reason", reason);
        header(copy.headers(), "dead-letter-topic", record.topic());
        header(copy.headers(), "dead-letter-partition", Integer.toString(record.partition()));
        header(copy.headers(), "dead-letter-offset", Long.toString(record.offset()));
        return Uni.createFrom()
                .<Void>emitter(done -> producer.send(copy, (metadata, failure) -> {
                    if (failure == null) {
                        done.complete(null);
                    } else {
                        done.fail(failure);
                    }
                }))
                // send may block while it looks for the broker
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    private static byte[] bytes(ConsumerRecord<String, Reading> record) {
        return record.value() == null ? null : record.value().bytes();
    }

    private static void header(Headers headers, String name, String value) {
        headers.remove(name).add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}

package io.tenure.kit.inbox;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Puts records that have left their channel onto {@code <topic>.<service>.dlq}, with the headers that a channel's own
 * dead letters carry: {@code dead-letter-reason}, {@code -topic}, {@code -partition} and {@code -offset}.
 */
@ApplicationScoped
public class DeadLetters {

    /**
     * A record that was given up.
     *
     * @param headers its own; null for none
     */
    public record Letter(String topic, int partition, long offset, String key, byte[] value, Headers headers) {

        /** The same without its value, for a broker that takes no copy of it. */
        public Letter withoutValue() {
            return new Letter(topic, partition, offset, key, null, headers);
        }
    }

    private final Producer<String, byte[]> producer;
    private final String service;

    DeadLetters(Producer<String, byte[]> producer, @ConfigProperty(name = "tenure.service") String service) {
        this.producer = producer;
        this.service = service;
    }

    /**
     * Sends a letter.
     *
     * @param reason for the operator; quotes nothing of the record
     * @return completes once the broker has it
     */
    public Uni<Void> send(Letter letter, String reason) {
        Headers headers = letter.headers() == null ? new RecordHeaders() : new RecordHeaders(letter.headers());
        header(headers, "dead-letter-reason", reason);
        header(headers, "dead-letter-topic", letter.topic());
        header(headers, "dead-letter-partition", Integer.toString(letter.partition()));
        header(headers, "dead-letter-offset", Long.toString(letter.offset()));
        ProducerRecord<String, byte[]> copy = new ProducerRecord<>(
                letter.topic() + "." + service + ".dlq", null, null, letter.key(), letter.value(), headers);
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

    private static void header(Headers headers, String name, String value) {
        headers.remove(name).add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}

package io.tenure.audit.ingest;

import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.inbox.DeadLetters;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jboss.logging.Logger;

/** Sends records that cannot be logged to the dead-letter topics. */
@ApplicationScoped
class RefusedRecords {

    /** A record and why it cannot be logged; the reason does not quote its content. */
    record Letter(ConsumerRecord<String, Reading> record, String reason) {}

    private static final Logger LOG = Logger.getLogger(RefusedRecords.class);

    private final DeadLetters deadLetters;
    private final MeterRegistry metrics;

    RefusedRecords(DeadLetters deadLetters, MeterRegistry metrics) {
        this.deadLetters = deadLetters;
        this.metrics = metrics;
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
        var copy = new DeadLetters.Letter(
                record.topic(), record.partition(), record.offset(), record.key(), bytes(record), record.headers());
        return deadLetters
                .send(copy, letter.reason)
                .onFailure(RecordTooLargeException.class)
                // With the added headers the letter can exceed the broker's limit, although the record did not.
                .recoverWithUni(() -> deadLetters.send(
                        copy.withoutValue(),
                        letter.reason + "; too large to be copied here, read it at its topic, partition and offset"))
                .invoke(() -> {
                    metrics.counter("tenure.log.dead.letters", "topic", record.topic())
                            .increment();
                    LOG.errorf(
                            "Record %s-%d@%d goes to the dead letter: %s",
                            record.topic(), record.partition(), record.offset(), letter.reason);
                });
    }

    private static byte[] bytes(ConsumerRecord<String, Reading> record) {
        return record.value() == null ? null : record.value().bytes();
    }
}

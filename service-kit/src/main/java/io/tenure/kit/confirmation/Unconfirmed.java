package io.tenure.kit.confirmation;

import io.tenure.events.Event;
import io.tenure.kit.inbox.DeadLetters.Letter;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record that orders a deletion, kept as it came until lifecycle has confirmed it. */
@Entity
class Unconfirmed {

    @Id
    UUID eventId;

    UUID tenantId;
    UUID terminationId;
    String topic;
    int part;
    long position;
    byte[] value;

    /** For the persistence provider. */
    protected Unconfirmed() {}

    Unconfirmed(ConsumerRecord<String, byte[]> record, Event event, UUID terminationId) {
        this.eventId = event.id();
        this.tenantId = event.tenantId();
        this.terminationId = terminationId;
        this.topic = record.topic();
        this.part = record.partition();
        this.position = record.offset();
        this.value = record.value();
    }

    Letter letter() {
        return new Letter(topic, part, position, tenantId.toString(), value, null);
    }
}

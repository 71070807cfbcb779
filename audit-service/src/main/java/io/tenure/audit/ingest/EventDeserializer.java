package io.tenure.audit.ingest;

import io.tenure.kit.inbox.EventRefusedException;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Parses and hashes events where Kafka's client polls. That is a thread of its own, so the next batch is made ready while
 * the one before is being sequenced, and the connector's bounds on batches in hand hold for what was read ahead.
 */
public final class EventDeserializer implements Deserializer<Reading> {

    @Override
    public Reading deserialize(String topic, byte[] value) {
        if (value == null) {
            return null;
        }
        try {
            return EventEnvelope.read(value);
        } catch (EventRefusedException refused) {
            return new Reading.Refused(value, refused.getMessage());
        }
    }
}

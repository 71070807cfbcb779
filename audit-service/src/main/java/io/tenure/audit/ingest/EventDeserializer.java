package io.tenure.audit.ingest;

import io.tenure.kit.inbox.EventRefusedException;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Parses and hashes events on the Kafka client's polling thread, so that the next batch is prepared while the current
 * one is sequenced. The connector's limits on batches in flight also bound what is read ahead.
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

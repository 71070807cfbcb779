package io.tenure.kit;

import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.Fact;
import io.tenure.kit.testing.TestRecords;
import java.time.Instant;
import java.util.UUID;

/** Events of another service. */
public final class Records {

    private static final EventCodec CODEC = new EventCodec();

    private Records() {}

    public static Event event(UUID tenantId, Fact fact) {
        return event("/tenure/provisioning", tenantId, fact);
    }

    public static Event event(String source, UUID tenantId, Fact fact) {
        return new Event(Ids.next(), source, "/v1/tenants/" + tenantId, Instant.now(), tenantId, null, null, fact);
    }

    /** Puts events on a topic in order. */
    public static void publish(String topic, Event... events) {
        for (Event event : events) {
            TestRecords.publish(topic, event.tenantId().toString(), CODEC.encode(event));
        }
    }
}

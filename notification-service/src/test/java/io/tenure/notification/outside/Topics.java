package io.tenure.notification.outside;

import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.Fact;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.TestRecords;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Publishes facts like the other services, and reads what this one publishes. */
public final class Topics {

    private static final EventCodec CODEC = new EventCodec();

    private Topics() {}

    /** An event around a fact, as {@code service} would record it. */
    public static Event event(String service, UUID tenantId, UUID correlationId, Fact fact) {
        return new Event(Ids.next(), "/tenure/" + service, "/test", Instant.now(), tenantId, correlationId, null, fact);
    }

    /** Publishes events to their services' topics and waits for the broker. */
    public static void publish(Event... events) {
        for (Event event : events) {
            TestRecords.publish(
                    event.source().substring(1).replace('/', '.'),
                    event.tenantId().toString(),
                    CODEC.encode(event));
        }
    }

    /** Publishes any text to a topic and waits for the broker. */
    public static void publishRaw(String topic, UUID tenantId, String text) {
        TestRecords.publish(topic, tenantId.toString(), text.getBytes(StandardCharsets.UTF_8));
    }

    /** The facts of one kind that the service published about a tenant. */
    public static <F extends Fact> List<F> said(UUID tenantId, Class<F> fact) {
        return TestRecords.read("tenure.notification", tenantId.toString()).stream()
                .map(record -> CODEC.decode(record.value()).fact())
                .filter(fact::isInstance)
                .map(fact::cast)
                .toList();
    }
}

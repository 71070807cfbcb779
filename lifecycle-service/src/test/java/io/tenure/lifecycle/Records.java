package io.tenure.lifecycle;

import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.Fact;
import io.tenure.events.Topic;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.TestRecords;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/** Publishes to Kafka for the other services, and reads what this one publishes. */
public final class Records {

    private static final EventCodec CODEC = new EventCodec();

    private Records() {}

    /** A fact of another service, with its topic and its bytes. */
    public record Told(Topic topic, Event event, byte[] bytes) {

        /** Publishes it to its topic, possibly again. */
        public void publish() {
            TestRecords.publish(topic.topicName(), event.tenantId().toString(), bytes);
        }
    }

    /** A fact that happens now. */
    public static Told told(UUID tenantId, UUID terminationId, String subject, Instant time, Fact fact) {
        String domain = fact.getClass().getEnclosingClass().getSimpleName().replace("Fact", "");
        Topic topic = Topic.valueOf(domain.toUpperCase(Locale.ROOT));
        Event event =
                new Event(Ids.next(), "/tenure/" + topic.service(), subject, time, tenantId, terminationId, null, fact);
        return new Told(topic, event, CODEC.encode(event));
    }

    /** Publishes a fact to its topic, as part of a trace. */
    public static void publish(Told told, String traceparent) {
        TestRecords.publish(
                told.topic().topicName(),
                told.event().tenantId().toString(),
                told.bytes(),
                Map.of("traceparent", traceparent));
    }

    /** What this service published about one tenant so far, in order. */
    public static List<Event> published(UUID tenantId) {
        return TestRecords.read(Topic.LIFECYCLE.topicName(), tenantId.toString()).stream()
                .map(record -> CODEC.decode(record.value()))
                .toList();
    }

    /** The published events of one tenant with facts of this type, in order. */
    public static List<Event> published(UUID tenantId, Class<? extends Fact> type) {
        return published(tenantId).stream()
                .filter(event -> type.isInstance(event.fact()))
                .toList();
    }
}

package io.tenure.provisioning;

import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.Fact;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.Lifecycle;
import io.tenure.kit.testing.TestRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;

/** Publishes what other services would, and reads what this one publishes. */
public final class Topics {

    private static final EventCodec CODEC = new EventCodec();
    private static final String OWN = "tenure.provisioning";

    private Topics() {}

    /** Publishes a fact of another service; returns the event, so that it can be delivered again. */
    public static Event publish(String service, UUID tenantId, UUID terminationId, Fact fact) {
        if (fact instanceof DeletionStarted started) {
            Lifecycle.orders(terminationId, tenantId, started.manifestDigest());
        }
        return forge(service, tenantId, terminationId, fact);
    }

    /** An order to delete what was disabled last. */
    public static DeletionStarted deletion(UUID tenantId, UUID terminationId) {
        return new DeletionStarted(terminationId, manifest(tenantId));
    }

    /** The digest of the manifest that was closed last. */
    public static String manifest(UUID tenantId) {
        List<TenantDisabled> closed = published(tenantId, TenantDisabled.class);
        return closed.isEmpty() ? "none" : closed.getLast().manifestDigest();
    }

    /** Publishes a fact that the other service itself does not confirm. */
    public static Event forge(String service, UUID tenantId, UUID terminationId, Fact fact) {
        Event event = new Event(
                Ids.next(),
                "/tenure/" + service,
                "/v1/terminations/" + terminationId,
                Instant.now(),
                tenantId,
                terminationId,
                null,
                fact);
        deliver(service, event);
        return event;
    }

    public static void deliver(String service, Event event) {
        TestRecords.publish("tenure." + service, event.tenantId().toString(), CODEC.encode(event));
    }

    /** What this service published about a tenant so far, in order. */
    public static List<Event> published(UUID tenantId) {
        return TestRecords.read(OWN, tenantId.toString()).stream()
                .map(record -> CODEC.decode(record.value()))
                .toList();
    }

    /** The facts of one type that this service published about a tenant so far. */
    public static <F extends Fact> List<F> published(UUID tenantId, Class<F> type) {
        return published(tenantId).stream()
                .map(Event::fact)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    /** Waits until this service published {@code count} facts of a type about a tenant. */
    public static <F extends Fact> List<F> await(UUID tenantId, Class<F> type, int count) {
        return Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> published(tenantId, type), all -> all.size() >= count);
    }
}

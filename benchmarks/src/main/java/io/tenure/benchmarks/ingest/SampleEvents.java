package io.tenure.benchmarks.ingest;

import io.tenure.events.AdministrativeActionPerformed;
import io.tenure.events.AssetKind;
import io.tenure.events.CredentialFact.CredentialRevoked;
import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.Fact;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.events.MediaDigest;
import io.tenure.events.NotificationFact.Channel;
import io.tenure.events.NotificationFact.NoticeDelivered;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.events.ProvisioningFact.AssetDisabled;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Facts of all five services in turn, encoded by the product's codec, as the relays put them on their topics. */
final class SampleEvents {

    private static final String TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final byte[] CONTENT_TYPE = EventCodec.CONTENT_TYPE.getBytes(StandardCharsets.UTF_8);
    private static final byte[] TRACE = TRACEPARENT.getBytes(StandardCharsets.UTF_8);

    private final EventCodec codec = new EventCodec();
    private final int tenants;

    /** Events about so many tenants, in turn. */
    SampleEvents(int tenants) {
        this.tenants = tenants;
    }

    /** The record of an event with a new id. @param sequence chooses its topic and tenant */
    ProducerRecord<byte[], byte[]> record(long sequence) {
        var topic = Topic.values()[(int) (sequence % Topic.values().length)];
        var tenant = tenant(sequence);
        var termination = new UUID(tenant.getMostSignificantBits(), tenant.getLeastSignificantBits() ^ 1);
        var now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        var event = new Event(
                idAt(now),
                "/tenure/" + topic.topicName().substring(topic.topicName().indexOf('.') + 1),
                "/v1/terminations/" + termination,
                now,
                tenant,
                termination,
                TRACEPARENT,
                fact(topic, tenant, termination));
        var record = new ProducerRecord<>(
                topic.topicName(), tenant.toString().getBytes(StandardCharsets.UTF_8), codec.encode(event));
        record.headers().add("content-type", CONTENT_TYPE).add("traceparent", TRACE);
        return record;
    }

    private UUID tenant(long sequence) {
        // Spread over partitions and indexes as hashes are, and the same in every run.
        long mixed = (sequence / Topic.values().length % tenants + 1) * 0x9E3779B97F4A7C15L;
        return new UUID(mixed & ~0xF000L | 0x7000L, mixed & ~0xC000000000000000L | 0x8000000000000000L);
    }

    private static Fact fact(Topic topic, UUID tenant, UUID termination) {
        var subject = UUID.randomUUID();
        return switch (topic) {
            case PROVISIONING ->
                new AssetDisabled(
                        termination,
                        subject,
                        AssetKind.VM,
                        termination,
                        2,
                        MediaDigest.ofDisks(
                                List.of(new Disk("system", 42_949_672_960L), new Disk("data", 107_374_182_400L))));
            case LIFECYCLE -> new TerminationRequested(termination);
            case CREDENTIAL -> new CredentialRevoked(subject, termination);
            case AUDIT ->
                new AdministrativeActionPerformed(
                        "termination.request",
                        "/v1/terminations/" + termination,
                        subject.toString(),
                        List.of("account-manager"),
                        "crm",
                        tenant);
            case NOTIFICATION ->
                new NoticeDelivered(
                        subject,
                        NoticeKind.RETENTION_WARNING,
                        termination,
                        1,
                        1,
                        Channel.EMAIL,
                        "<" + subject + "@localhost>",
                        1);
        };
    }

    /** A UUIDv7 (RFC 9562, 5.7). */
    private static UUID idAt(Instant time) {
        var random = ThreadLocalRandom.current();
        return new UUID(
                time.toEpochMilli() << 16 | 0x7000 | random.nextInt(0x1000),
                random.nextLong() & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L);
    }
}

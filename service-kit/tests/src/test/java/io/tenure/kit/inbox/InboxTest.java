package io.tenure.kit.inbox;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.micrometer.core.instrument.MeterRegistry;
import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.events.ProvisioningFact.BackupResponsibility;
import io.tenure.events.ProvisioningFact.TenantContactUpdated;
import io.tenure.events.ProvisioningFact.TenantCreated;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.events.ProvisioningFact.TenantRestored;
import io.tenure.kit.Database;
import io.tenure.kit.Ids;
import io.tenure.kit.KitTest;
import io.tenure.kit.Records;
import io.tenure.kit.sample.SampleEvents;
import io.tenure.kit.testing.TestRecords;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

@KitTest
class InboxTest {

    private static final String TOPIC = "tenure.provisioning";
    private static final String DEAD_LETTERS = "tenure.provisioning.lifecycle.dlq";

    private final UUID tenant = Ids.next();

    @Inject
    Pool pool;

    @Inject
    SampleEvents consumer;

    @Inject
    MeterRegistry metrics;

    @Inject
    Circuit circuit;

    @Test
    void aSecondDeliveryChangesNothing() {
        Event event = created();
        Event last = created();
        Records.publish(TOPIC, event, event, event, last);

        awaitReceived(last);
        assertEquals(2, samples());
        assertEquals(1, consumer.attempts.get(event.id()));
    }

    @Test
    void whatHasNoEffectHereLeavesNothing() {
        Event elsewhere = Records.event(tenant, new TenantRestored(Ids.next(), 1, 0));
        Event next = created();
        Records.publish(TOPIC, elsewhere, next);

        awaitReceived(next);
        assertEquals(0, count("SELECT count(*) FROM inbox WHERE event_id = $1", elsewhere.id()));
        assertEquals(List.of(), deadLetters());
    }

    @Test
    void aPassingFailureIsTriedAgainInPlace() {
        Event flaky = Records.event(tenant, new TenantContactUpdated(tenant, 1));
        Event next = created();
        Records.publish(TOPIC, flaky, next);

        awaitReceived(next);
        assertEquals(3, consumer.attempts.get(flaky.id()));
        assertEquals(List.of(), deadLetters());
    }

    @Test
    void whatAlwaysFailsGoesToTheDeadLetterAndTheRestGoesOn() {
        Event poisoned = Records.event(tenant, new TenantContactUpdated(tenant, -1));
        Event next = created();
        Records.publish(TOPIC, poisoned, next);

        awaitReceived(next);
        assertEquals(5, consumer.attempts.get(poisoned.id()));
        ConsumerRecord<String, byte[]> letter = onlyDeadLetter();
        assertEquals(new String(new EventCodec().encode(poisoned)), new String(letter.value()));
        assertEquals("java.lang.IllegalArgumentException", TestRecords.header(letter, "dead-letter-reason"));
        assertEquals(TOPIC, TestRecords.header(letter, "dead-letter-topic"));
        letter.headers().forEach(header -> assertFalse(new String(header.value()).contains("secret")));
    }

    @Test
    void whatTheDomainRefusesGoesToTheDeadLetterAtOnce() {
        Event refused = Records.event(tenant, new TenantDisabled(Ids.next(), 1, 1, "digest"));
        Event next = created();
        Records.publish(TOPIC, refused, next);

        awaitReceived(next);
        assertEquals(1, consumer.attempts.get(refused.id()));
        assertEquals("refused by the domain", TestRecords.header(onlyDeadLetter(), "dead-letter-reason"));
    }

    @Test
    void anUnreadableRecordGoesToTheDeadLetterAndTheRestGoesOn() {
        TestRecords.publish(TOPIC, tenant.toString(), "{\"password\":".getBytes(StandardCharsets.UTF_8));
        Event next = created();
        Records.publish(TOPIC, next);

        awaitReceived(next);
        assertEquals("not a CloudEvent in structured JSON", TestRecords.header(onlyDeadLetter(), "dead-letter-reason"));
    }

    @Test
    void anEventOfAnUnknownTypeGoesToTheDeadLetter() {
        String unknown = new String(new EventCodec().encode(created())).replace("TenantCreated", "TenantInvented");
        TestRecords.publish(TOPIC, tenant.toString(), unknown.getBytes(StandardCharsets.UTF_8));
        Event next = created();
        Records.publish(TOPIC, next);

        awaitReceived(next);
        assertEquals("unknown event type", TestRecords.header(onlyDeadLetter(), "dead-letter-reason"));
    }

    /** A failover: for some seconds the server can only read. */
    @Test
    void whileTheServerCannotWriteRecordsWait() {
        Event first = created();
        List<Event> during = Stream.generate(this::created).limit(20).toList();
        Records.publish(TOPIC, first);
        awaitReceived(first);
        Database.becomeReadOnly();
        try {
            Records.publish(TOPIC, during.toArray(Event[]::new));
            await().until(() -> metrics.get("tenure.inbox.held").gauge().value() > 0);
            await().pollDelay(Duration.ofSeconds(3))
                    .until(() -> metrics.get("tenure.inbox.held").gauge().value() > 0);
        } finally {
            Database.becomeWritable();
        }
        awaitReceived(during.getLast());
        during.forEach(this::awaitReceived);
        assertEquals(21, samples());
        assertEquals(List.of(), deadLetters());
        await().until(() -> metrics.get("tenure.inbox.held").gauge().value() == 0);
    }

    @Test
    void aCutConnectionLosesNothing() {
        List<Event> events = Stream.generate(this::created).limit(30).toList();
        Records.publish(TOPIC, events.toArray(Event[]::new));
        Database.cutConnections();

        events.forEach(this::awaitReceived);
        assertEquals(30, samples());
        assertEquals(List.of(), deadLetters());
    }

    /** Jackson's failures and those of files are IOExceptions, as those of the network are. */
    @Test
    void aDefectBlocksNoPartition() {
        Event defect = Records.event(tenant, new TenantContactUpdated(tenant, SampleEvents.FAILS_WITH_IO));
        Event next = created();
        Records.publish(TOPIC, defect, next);

        awaitReceived(next);
        assertEquals(5, consumer.attempts.get(defect.id()));
        assertEquals("java.nio.file.NoSuchFileException", TestRecords.header(onlyDeadLetter(), "dead-letter-reason"));
    }

    @Test
    void aJacksonErrorBlocksNoPartition() {
        Event defect = Records.event(tenant, new TenantContactUpdated(tenant, SampleEvents.FAILS_WITH_JSON));
        Event next = created();
        Records.publish(TOPIC, defect, next);

        awaitReceived(next);
        assertEquals(5, consumer.attempts.get(defect.id()));
        onlyDeadLetter().headers().forEach(header -> assertFalse(new String(header.value()).contains("secret")));
    }

    /** Another server is away, or another transaction in the way: that is no reason for other records to wait. */
    @Test
    void whatHoldsUpOneRecordOnlyDoesNotOpenTheCircuit() {
        UUID another = Ids.next();
        List<Event> held = List.of(
                Records.event(tenant, new TenantContactUpdated(tenant, SampleEvents.PEER_IS_AWAY)),
                Records.event(another, new TenantContactUpdated(another, SampleEvents.COLLIDES)));
        Event next = created();
        Records.publish(TOPIC, held.getFirst(), held.getLast(), next);

        await().until(() -> held.stream().allMatch(one -> consumer.attempts.getOrDefault(one.id(), 0) > 1));
        assertFalse(circuit.openSince().isPresent());
        awaitReceived(next);
        await().until(() -> held.stream().allMatch(one -> consumer.attempts.get(one.id()) == 6));
        assertEquals(List.of(), deadLetters());
    }

    /** An id that another service used up is still free for the service whose event it is. */
    @Test
    void anIdBelongsToItsSource() {
        Event event = created();
        pool.preparedQuery(
                        "INSERT INTO inbox (source, event_id, digest) VALUES ('/tenure/audit', $1, sha256('forged'))")
                .execute(Tuple.of(event.id()))
                .await()
                .indefinitely();
        Records.publish(TOPIC, event);

        await().until(() -> samples() == 1);
    }

    @Test
    void theAlarmTellsWhy() {
        double before = deadLetters("reused-id");
        Event event = created();
        byte[] bytes = new EventCodec().encode(event);
        byte[] other = new String(bytes, StandardCharsets.UTF_8)
                .replace("de-fra-1", "de-fra-2")
                .getBytes(StandardCharsets.UTF_8);
        TestRecords.publish(TOPIC, tenant.toString(), bytes, other);

        onlyDeadLetter();
        assertEquals(before + 1, deadLetters("reused-id"));
    }

    private double deadLetters(String reason) {
        return metrics.counter("tenure.inbox.dead.letters", "topic", TOPIC, "reason", reason)
                .count();
    }

    @Test
    void whatIsNotItsWritersToSayChangesNothing() {
        Event lifecycles = Records.event("/tenure/lifecycle", tenant, new TerminationRequested(Ids.next()));
        Event inItsOwnName = Records.event("/tenure/provisioning", tenant, new TerminationRequested(Ids.next()));
        Event inAnothers = Records.event("/tenure/lifecycle", tenant, created().fact());
        Event next = created();
        Records.publish(TOPIC, lifecycles, inItsOwnName, inAnothers, next);

        awaitReceived(next);
        await().until(() -> deadLetters().size() == 3);
        assertEquals(1, samples());
        assertEquals(
                List.of(
                        "its source is not the service that this topic belongs to",
                        "its type is not one of the service that this topic belongs to",
                        "its source is not the service that this topic belongs to"),
                deadLetters().stream()
                        .map(letter -> TestRecords.header(letter, "dead-letter-reason"))
                        .toList());
    }

    @Test
    void theKeyOfARecordIsItsTenant() {
        Event foreign = Records.event(Ids.next(), created().fact());
        TestRecords.publish(TOPIC, tenant.toString(), new EventCodec().encode(foreign));
        Event next = created();
        Records.publish(TOPIC, next);

        awaitReceived(next);
        assertEquals("its key is not its tenant", TestRecords.header(onlyDeadLetter(), "dead-letter-reason"));
        assertEquals(1, samples());
    }

    /** Whoever publishes a victim's id first must not make the inbox swallow the real event in silence. */
    @Test
    void anIdThatComesAgainWithOtherBytesIsTold() {
        Event one = created();
        Event other = new Event(
                one.id(),
                one.source(),
                one.subject(),
                one.time(),
                tenant,
                null,
                null,
                new TenantContactUpdated(tenant, 7));
        Event next = created();
        Records.publish(TOPIC, other, one, other, next);

        awaitReceived(next);
        assertEquals(
                "another event with the same source and id was received before",
                TestRecords.header(onlyDeadLetter(), "dead-letter-reason"));
        assertEquals(1, samples());
    }

    private Event created() {
        return Records.event(tenant, new TenantCreated(tenant, List.of("de-fra-1"), BackupResponsibility.CUSTOMER));
    }

    private void awaitReceived(Event event) {
        await().until(() -> count("SELECT count(*) FROM inbox WHERE event_id = $1", event.id()) == 1);
    }

    private long samples() {
        return count("SELECT count(*) FROM sample WHERE tenant_id = $1", tenant);
    }

    private long count(String sql, UUID parameter) {
        return pool.preparedQuery(sql)
                .execute(Tuple.of(parameter))
                .await()
                .indefinitely()
                .iterator()
                .next()
                .getLong(0);
    }

    private ConsumerRecord<String, byte[]> onlyDeadLetter() {
        await().until(() -> deadLetters().size() == 1);
        return deadLetters().getFirst();
    }

    private List<ConsumerRecord<String, byte[]>> deadLetters() {
        return TestRecords.read(DEAD_LETTERS, tenant.toString());
    }
}

package io.tenure.audit.ingest;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.restassured.RestAssured;
import io.tenure.audit.AuditTest;
import io.tenure.audit.EndedSpans;
import io.tenure.audit.LogTable;
import io.tenure.audit.Sample;
import io.tenure.events.AuditFact.LogOpened;
import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.Topic;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.TestRecords;
import io.tenure.local.testing.TestInfra;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

@AuditTest
class IngestTest {

    private static final String TOPIC = "tenure.provisioning";
    private static final String DEAD_LETTERS = "tenure.provisioning.audit.dlq";

    private final UUID tenant = Ids.next();

    @Inject
    LogTable log;

    @Inject
    EventConsumer consumer;

    @Inject
    EndedSpans spans;

    TestInfra infra;

    @Test
    void everyEventOfEveryTopicIsLoggedByteForByte() {
        List<Sample> samples = new ArrayList<>();
        for (Topic topic : Topic.values()) {
            for (int i = 0; i < 20; i++) {
                Sample sample = Sample.on(topic, tenant);
                samples.add(sample);
                TestRecords.publish(topic.topicName(), tenant.toString(), sample.bytes());
            }
        }

        awaitLogged(samples);
        for (Sample sample : samples) {
            var row = log.query("SELECT bytes, tenant_id FROM leaf WHERE event_id = $1", sample.id())
                    .iterator()
                    .next();
            assertArrayEquals(sample.bytes(), row.getBuffer(0).getBytes());
            assertEquals(tenant, row.getUUID(1));
        }
    }

    @Test
    void aTenantsEventsOfATopicKeepTheirOrder() {
        List<Sample> samples = Sample.several(100, tenant);
        TestRecords.publish(
                TOPIC, tenant.toString(), samples.stream().map(Sample::bytes).toArray(byte[][]::new));

        awaitLogged(samples);
        List<UUID> order = new ArrayList<>();
        log.query("SELECT event_id FROM leaf WHERE tenant_id = $1 ORDER BY index", tenant)
                .forEach(row -> order.add(row.getUUID(0)));
        assertEquals(samples.stream().map(Sample::id).toList(), order);
    }

    @Test
    void anEventOfATypeThatIsNotKnownYetIsLogged() {
        Sample sample = Sample.of(tenant);
        String invented = new String(sample.bytes(), StandardCharsets.UTF_8).replace("TenantDisabled", "NewlyInvented");
        TestRecords.publish(TOPIC, tenant.toString(), invented.getBytes(StandardCharsets.UTF_8));

        awaitLogged(List.of(sample));
        assertEquals(
                1,
                log.count(
                        "SELECT count(*) FROM leaf WHERE event_id = $1 AND type = $2",
                        sample.id(),
                        "io.tenure.provisioning.NewlyInvented"));
    }

    @Test
    void anEventThatIsPublishedAgainIsLoggedOnce() {
        Sample sample = Sample.of(tenant);
        Sample last = Sample.of(tenant);
        TestRecords.publish(TOPIC, tenant.toString(), sample.bytes(), sample.bytes());
        awaitLogged(List.of(sample));
        TestRecords.publish(TOPIC, tenant.toString(), sample.bytes(), last.bytes());

        awaitLogged(List.of(last));
        assertEquals(1, log.logged(List.of(sample.id())));
        assertEquals(List.of(), deadLetters());
    }

    /** A fact on another service's topic, or under another tenant's key, is not logged. */
    @Test
    void whatIsNotItsWritersToSayIsPutAside() {
        Sample elsewhere = Sample.of(tenant);
        Sample foreign = Sample.of(Ids.next());
        Sample last = Sample.on(Topic.LIFECYCLE, tenant);
        TestRecords.publish("tenure.lifecycle", tenant.toString(), elsewhere.bytes(), foreign.bytes(), last.bytes());

        awaitLogged(List.of(last));
        assertEquals(0, log.logged(List.of(elsewhere.id(), foreign.id())));
        await().until(() -> TestRecords.read("tenure.lifecycle.audit.dlq", tenant.toString())
                        .size()
                == 2);
    }

    @Test
    void aBatchThatIsDeliveredAgainChangesNothing() {
        List<Sample> samples = Sample.several(300, tenant);
        ConsumerRecords<String, Reading> batch = batch(samples);
        consumer.consume(batch).await().atMost(Duration.ofSeconds(30));
        assertEquals(300, log.logged(ids(samples)));
        long mine = log.count("SELECT count(*) FROM leaf WHERE tenant_id = $1", tenant);

        consumer.consume(batch).await().atMost(Duration.ofSeconds(30));
        assertEquals(mine, log.count("SELECT count(*) FROM leaf WHERE tenant_id = $1", tenant));
        assertEquals(300, log.logged(ids(samples)));
    }

    @Test
    void aPoisonedRecordGoesToTheDeadLetterWithItsReasonAndTheRestGoesOn() {
        Sample before = Sample.of(tenant);
        Sample after = Sample.of(tenant);
        byte[] poisoned = "{\"password\":\"s3cret\"".getBytes(StandardCharsets.UTF_8);
        TestRecords.publish(TOPIC, tenant.toString(), before.bytes(), poisoned, null, after.bytes());

        awaitLogged(List.of(before, after));
        await().untilAsserted(() -> assertEquals(2, deadLetters().size()));
        ConsumerRecord<String, byte[]> letter = deadLetter(record -> record.value() != null);
        assertArrayEquals(poisoned, letter.value());
        assertEquals(
                "not one JSON value, or one with a repeated field", TestRecords.header(letter, "dead-letter-reason"));
        assertEquals(TOPIC, TestRecords.header(letter, "dead-letter-topic"));
        assertTrue(TestRecords.header(letter, "dead-letter-partition").matches("[0-5]"));
        assertTrue(TestRecords.header(letter, "dead-letter-offset").matches("[0-9]+"));
        letter.headers()
                .forEach(header -> assertFalse(new String(header.value(), StandardCharsets.UTF_8).contains("s3cret")));
        assertEquals(
                "the record has no value",
                TestRecords.header(deadLetter(record -> record.value() == null), "dead-letter-reason"));
    }

    @Test
    void anotherEventWithTheSameIdGoesToTheDeadLetter() {
        Sample logged = Sample.of(tenant);
        byte[] forged = new String(logged.bytes(), StandardCharsets.UTF_8)
                .replace("2026-11-01", "2026-11-02")
                .getBytes(StandardCharsets.UTF_8);
        Sample after = Sample.of(tenant);
        TestRecords.publish(TOPIC, tenant.toString(), logged.bytes(), forged, after.bytes());

        awaitLogged(List.of(logged, after));
        await().untilAsserted(() -> assertEquals(1, deadLetters().size()));
        assertEquals(
                "another event with the same id is in the log already",
                TestRecords.header(deadLetters().getFirst(), "dead-letter-reason"));
        assertArrayEquals(
                logged.bytes(),
                log.query("SELECT bytes FROM leaf WHERE event_id = $1", logged.id())
                        .iterator()
                        .next()
                        .getBuffer(0)
                        .getBytes());
    }

    @Test
    void anEventThatIsTooLargeForAnEntryGoesToTheDeadLetter() {
        Sample after = Sample.of(tenant);
        byte[] large = Arrays.copyOf(Sample.of(tenant).bytes(), 65_536);
        // As large as the broker accepts; with the dead letter's headers it would be too large.
        byte[] largest = Arrays.copyOf(Sample.of(tenant).bytes(), (1 << 20) - 200);
        TestRecords.publish(TOPIC, tenant.toString(), large, largest, after.bytes());

        awaitLogged(List.of(after));
        await().untilAsserted(() -> assertEquals(2, deadLetters().size()));
        ConsumerRecord<String, byte[]> copied = deadLetter(letter -> letter.value() != null);
        assertArrayEquals(large, copied.value());
        assertEquals(
                "the event has 65536 bytes, and an entry of the log at most 65535",
                TestRecords.header(copied, "dead-letter-reason"));
        ConsumerRecord<String, byte[]> pointed = deadLetter(letter -> letter.value() == null);
        assertTrue(TestRecords.header(pointed, "dead-letter-reason")
                .endsWith("read it at its topic, partition and offset"));
        assertNull(pointed.value());
    }

    @Test
    void theOpeningOfTheLogIsAnEventInTheLog() {
        await().until(() -> log.count("SELECT count(*) FROM leaf WHERE type = $1", "io.tenure.audit.LogOpened") == 1);
        Event opened = new EventCodec()
                .decode(log.query("SELECT bytes FROM leaf WHERE type = 'io.tenure.audit.LogOpened'")
                        .iterator()
                        .next()
                        .getBuffer(0)
                        .getBytes());
        LogOpened fact = (LogOpened) opened.fact();
        RestAssured.get("/log/vkey").then().body(equalTo(fact.verifierKey() + "\n"));
        assertEquals("log.test/tenure", fact.origin());
    }

    @Test
    void whatIsPublishedWhileTheDatabaseIsAwayIsLoggedWhenItIsBack() throws Exception {
        List<Sample> samples = Sample.several(10, tenant);
        infra.postgres().stop();
        try {
            TestRecords.publish(
                    TOPIC,
                    tenant.toString(),
                    samples.stream().map(Sample::bytes).toArray(byte[][]::new));
            await().untilAsserted(() -> RestAssured.get("/q/health/ready")
                    .then()
                    .statusCode(503)
                    .body("checks.find { it.name == 'Audit log' }.status", equalTo("DOWN")));
        } finally {
            infra.postgres().start();
        }

        awaitLogged(samples);
        await().untilAsserted(() -> RestAssured.get("/q/health/ready").then().statusCode(200));
    }

    @Test
    void loggingAnEventIsPartOfItsTrace() {
        Sample sample = Sample.of(tenant);
        String trace = "4bf92f3577b34da6a3ce929d0e0e" + sample.id().toString().substring(32);
        ConsumerRecord<String, Reading> record = record(sample, 0);
        record.headers()
                .add("traceparent", ("00-" + trace + "-00f067aa0ba902b7-01").getBytes(StandardCharsets.US_ASCII));
        consumer.consume(new ConsumerRecords<>(Map.of(new TopicPartition(TOPIC, 0), List.of(record)), Map.of()))
                .await()
                .atMost(Duration.ofSeconds(30));

        SpanData span = spans.of(trace).getFirst();
        assertEquals("00f067aa0ba902b7", span.getParentSpanId());
        assertEquals("log " + Sample.TYPE, span.getName());
        assertEquals(
                log.count("SELECT index FROM leaf WHERE event_id = $1", sample.id()),
                span.getAttributes().get(AttributeKey.longKey("tenure.log.index")));
    }

    @Test
    void readinessTellsOfDatabaseBrokerAndLog() {
        await().untilAsserted(() -> RestAssured.get("/q/health/ready")
                .then()
                .statusCode(200)
                .body("checks.name.toString()", containsString("PostgreSQL"))
                .body("checks.name.toString()", containsString("Messaging"))
                .body("checks.name.toString()", containsString("Audit log")));
    }

    @Test
    void metricsTellOfSizeLagAndBatches() {
        Sample sample = Sample.of(tenant);
        TestRecords.publish(TOPIC, tenant.toString(), sample.bytes());
        awaitLogged(List.of(sample));
        await().untilAsserted(() -> RestAssured.get("/q/metrics")
                .then()
                .statusCode(200)
                .body(containsString("tenure_log_size"))
                .body(containsString("tenure_log_ingest_lag_seconds_count"))
                .body(containsString("tenure_log_batch_size_count")));
    }

    private void awaitLogged(List<Sample> samples) {
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .untilAsserted(() -> assertEquals(samples.size(), log.logged(ids(samples))));
    }

    /** Dead letters need not be in the order of their records. */
    private ConsumerRecord<String, byte[]> deadLetter(Predicate<ConsumerRecord<String, byte[]>> which) {
        return deadLetters().stream().filter(which).findFirst().orElseThrow();
    }

    private List<ConsumerRecord<String, byte[]>> deadLetters() {
        return TestRecords.read(DEAD_LETTERS, tenant.toString());
    }

    private static List<UUID> ids(List<Sample> samples) {
        return samples.stream().map(Sample::id).toList();
    }

    private ConsumerRecord<String, Reading> record(Sample sample, long offset) {
        Reading reading = new EventDeserializer().deserialize(TOPIC, sample.bytes());
        return new ConsumerRecord<>(TOPIC, 0, offset, tenant.toString(), reading);
    }

    private ConsumerRecords<String, Reading> batch(List<Sample> samples) {
        List<ConsumerRecord<String, Reading>> records = new ArrayList<>();
        for (Sample sample : samples) {
            records.add(record(sample, records.size()));
        }
        return new ConsumerRecords<>(Map.of(new TopicPartition(TOPIC, 0), records), Map.of());
    }
}

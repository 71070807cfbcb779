package io.tenure.audit.ingest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tenure.audit.Sample;
import io.tenure.audit.log.LogEntry;
import io.tenure.kit.Ids;
import io.tenure.kit.inbox.EventRefusedException;
import io.tenure.verifier.tree.Merkle;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventEnvelopeTest {

    private static final UUID TENANT = Ids.next();

    @Test
    void takesWhatTheLogNeedsAndKeepsTheBytes() {
        Sample sample = Sample.of(TENANT, Ids.next());
        LogEntry entry = EventEnvelope.read(sample.bytes())
                .readAt(new ConsumerRecord<>("tenure.provisioning", 3, 17, TENANT.toString(), null));
        assertSame(sample.bytes(), entry.bytes());
        assertArrayEquals(Merkle.hashLeaf(sample.bytes()), entry.leafHash());
        assertEquals(sample.id(), entry.eventId());
        assertEquals(TENANT, entry.tenantId());
        assertEquals(sample.correlationId(), entry.correlationId());
        assertEquals(Sample.TYPE, entry.type());
        assertEquals("/tenure/provisioning", entry.source());
        assertEquals(Instant.parse("2026-11-01T10:15:30.123456Z"), entry.time());
        assertEquals("tenure.provisioning", entry.topic());
        assertEquals(3, entry.partition());
        assertEquals(17, entry.offset());
        assertNull(EventEnvelope.read(Sample.of(TENANT).bytes()).correlationId());
    }

    @Test
    void anEventOfATypeThatIsNotKnownYetIsTaken() {
        EventEnvelope event = read(text().replace("TenantDisabled", "InventedTomorrow"));
        assertEquals("io.tenure.provisioning.InventedTomorrow", event.type());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"specversion\":\"1.0\" | \"specversion\":\"0.3\" | attribute specversion is not 1.0",
                "\"id\":\" | \"id\":\"x | attribute id is not a UUID",
                "\"id\": | \"di\": | attribute id is not a UUID",
                "\"tenantid\":\" | \"tenantid\":\"x | attribute tenantid is not a UUID",
                "\"tenantid\" | \"correlationid\":\"none\",\"tenantid\" | attribute correlationid is not a UUID",
                "\"time\":\"2026-11-01 | \"time\":\"2026-11-41 | attribute time is missing, malformed or out of range",
                "\"time\":\"2026-11-01 | \"time\":\"+999999999-11-01 | attribute time is missing, malformed or out of range",
                "\"time\":\"2026-11-01 | \"time\":\"1970-01-01 | attribute time is missing, malformed or out of range",
                "\"type\":\"io | \"type\":\"io\\u0000 | attribute type is missing or malformed",
                "\"type\":\"io | \"type\":\"io\\ud800 | attribute type is missing or malformed",
                "\"source\":\"/ | \"source\":\" / | attribute source is missing or malformed",
                "\"id\": | \"id\":\"first\",\"id\": | not one JSON value, or one with a repeated field",
                "} | | not one JSON value, or one with a repeated field",
            })
    void whatCannotBeLoggedIsRefusedWithItsReason(String part, String replacement, String reason) {
        String broken = text().replace(part, replacement == null ? "" : replacement);
        assertEquals(
                reason,
                assertThrows(EventRefusedException.class, () -> read(broken)).getMessage());
    }

    @Test
    void whatIsNoEventIsRefused() {
        assertRefused("", "not a CloudEvent in structured JSON");
        assertRefused("[]", "not a CloudEvent in structured JSON");
        assertRefused("null", "not a CloudEvent in structured JSON");
        assertRefused("{}", "attribute specversion is not 1.0");
        assertRefused(text() + "{}", "not one JSON value, or one with a repeated field");
        assertRefused("\u0000", "not one JSON value, or one with a repeated field");
    }

    @Test
    void anEntryHasAtMost65535Bytes() {
        String longest = text() + " ".repeat(65_535 - text().length());
        assertEquals(65_535, read(longest).bytes().length);
        assertRefused(longest + " ", "the event has 65536 bytes, and an entry of the log at most 65535");
    }

    private static String text() {
        return new String(Sample.of(TENANT).bytes(), StandardCharsets.UTF_8);
    }

    @Test
    void attributesCountAtTheTopOnlyAndInAnyOrder() {
        UUID id = Ids.next();
        EventEnvelope event = read("""
                {"data":{"id":"%1$s","type":[{"id":1}],"specversion":"0"},"list":["id",{"type":"x"}],"time":"2026-11-01T10:15:30Z",
                "source":"/x","tenantid":"%2$s","type":"a.b","id":"%3$s","specversion":"1.0"}""".formatted(Ids.next(), TENANT, id));
        assertEquals(id, event.eventId());
        assertEquals("a.b", event.type());
        assertEquals(TENANT, event.tenantId());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"data\":{\"a\":1,\"a\":2}}",
                "{\"data\":[1,2}",
                "{\"data\":\"\\x\"}",
                "{\"data\":\"a\u0000\"}",
                "{\"data\":[\"a\u0000\"]}",
                "{\"data\":{\"b\":01}}",
                "{\"data\":nul}",
                "{\"data\":{\"a\":1}"
            })
    void whatIsNotReadMustBeJsonToo(String value) {
        assertRefused(value, "not one JSON value, or one with a repeated field");
    }

    @Test
    void textMustBeUtf8AlsoWhereItIsNotRead() {
        byte[] event = text().replace("\"id\":", "\"data2\":[\"#\"],\"id\":").getBytes(StandardCharsets.UTF_8);
        assertEquals(TENANT, EventEnvelope.read(event).tenantId());
        event[new String(event, StandardCharsets.UTF_8).indexOf('#')] = (byte) 0xC3;
        assertEquals(
                "not one JSON value, or one with a repeated field",
                assertThrows(EventRefusedException.class, () -> EventEnvelope.read(event))
                        .getMessage());
    }

    @Test
    void theDeserializerKeepsWhatItRefuses() {
        EventDeserializer deserializer = new EventDeserializer();
        assertNull(deserializer.deserialize("tenure.provisioning", null));
        byte[] poisoned = "{}".getBytes(StandardCharsets.UTF_8);
        Reading.Refused refused = (Reading.Refused) deserializer.deserialize("tenure.provisioning", poisoned);
        assertSame(poisoned, refused.bytes());
        assertEquals("attribute specversion is not 1.0", refused.reason());
        byte[] good = Sample.of(TENANT).bytes();
        assertSame(good, deserializer.deserialize("tenure.provisioning", good).bytes());
    }

    private static void assertRefused(String value, String reason) {
        assertEquals(
                reason,
                assertThrows(EventRefusedException.class, () -> read(value)).getMessage());
    }

    private static EventEnvelope read(String value) {
        return EventEnvelope.read(value.getBytes(StandardCharsets.UTF_8));
    }
}

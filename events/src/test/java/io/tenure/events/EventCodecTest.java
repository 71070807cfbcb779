package io.tenure.events;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tenure.events.CredentialFact.CredentialRevoked;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.MediumDisabled;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventCodecTest {

    private static final String CANARY = "canary-5f1d";

    private final EventCodec codec = new EventCodec();
    private final ObjectMapper mapper = new ObjectMapper();

    static Stream<Class<? extends Fact>> facts() {
        return Facts.classes();
    }

    @ParameterizedTest
    @MethodSource("facts")
    void everyFactComesBackAsItWas(Class<? extends Fact> type) {
        Event event = Facts.event(Facts.filled(type));

        assertEquals(event, codec.decode(codec.encode(event)));
    }

    @ParameterizedTest
    @MethodSource("facts")
    void theSameEventIsTheSameBytes(Class<? extends Fact> type) {
        Event event = Facts.event(Facts.filled(type));

        assertArrayEquals(codec.encode(event), new EventCodec().encode(event));
        assertArrayEquals(codec.encode(event), codec.encode(codec.decode(codec.encode(event))));
    }

    @Test
    void theBytesAreACloudEventInJson() throws Exception {
        UUID termination = new UUID(8, 9);
        byte[] bytes = codec.encode(Facts.event(new RetentionStarted(
                termination,
                Instant.parse("2026-11-23T22:00:00Z"),
                Instant.parse("2026-12-23T22:00:00Z"),
                List.of(Instant.parse("2026-12-09T22:00:00Z")),
                "Europe/Berlin")));

        assertEquals(mapper.readTree("""
                {
                  "specversion": "1.0",
                  "id": "00000000-0000-0001-0000-000000000002",
                  "source": "/tenure/lifecycle",
                  "type": "io.tenure.lifecycle.RetentionStarted",
                  "subject": "/v1/terminations/1",
                  "time": "2026-11-23T22:10:00.123456Z",
                  "datacontenttype": "application/json",
                  "dataschema": "/tenure/schemas/lifecycle/RetentionStarted/v1",
                  "tenantid": "00000000-0000-0003-0000-000000000004",
                  "correlationid": "00000000-0000-0005-0000-000000000006",
                  "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                  "data": {
                    "terminationId": "00000000-0000-0008-0000-000000000009",
                    "retentionStartedAt": "2026-11-23T22:00:00Z",
                    "retentionEndsAt": "2026-12-23T22:00:00Z",
                    "warnings": ["2026-12-09T22:00:00Z"],
                    "timeZone": "Europe/Berlin"
                  }
                }"""), mapper.readTree(bytes));
        assertEquals("application/cloudevents+json", EventCodec.CONTENT_TYPE);
    }

    @Test
    void whatMayBeAbsentMayBeAbsent() {
        Event event = new Event(
                new UUID(1, 2),
                "/tenure/credential",
                "/v1/credentials/1",
                Instant.EPOCH,
                new UUID(3, 4),
                null,
                null,
                new CredentialRevoked(new UUID(5, 6), null));

        Event decoded = codec.decode(codec.encode(event));

        assertEquals(event, decoded);
        assertNull(decoded.correlationId());
        assertNull(decoded.traceparent());
    }

    @Test
    void aFieldThatANewerProducerAddedIsTolerated() throws Exception {
        Event event = Facts.event(Facts.filled(TerminationRequested.class));
        ObjectNode newer = (ObjectNode) mapper.readTree(codec.encode(event));
        newer.put("newattribute", "x");
        ((ObjectNode) newer.get("data")).put("newField", 1).putObject("newObject");

        assertEquals(event, codec.decode(mapper.writeValueAsBytes(newer)));
    }

    @Test
    void aRecordWithoutAValueIsUnreadable() {
        assertUnreadable(null);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "true",
                "12",
                "\"canary-5f1d\"",
                "[]",
                "[{\"specversion\":\"1.0\",\"id\":\"canary-5f1d\"}]",
                "{}",
                "{\"canary-5f1d\":",
                "canary-5f1d",
                "<canary-5f1d/>",
                "{\"specversion\":\"9.9\",\"id\":\"canary-5f1d\",\"source\":\"/x\",\"type\":\"y\"}",
                "{\"specversion\":1,\"id\":\"canary-5f1d\"}",
                "{\"specversion\":\"1.0\",\"id\":{\"canary-5f1d\":1},\"source\":\"/x\",\"type\":\"y\"}"
            })
    void whatIsNoCloudEventIsUnreadable(String text) {
        assertUnreadable(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"specversion", "id", "source", "type", "subject", "time", "tenantid", "data"})
    void anEventWithoutAnAttributeIsUnreadable(String attribute) throws Exception {
        ObjectNode event = anEvent();
        event.remove(attribute);
        assertUnreadable(mapper.writeValueAsBytes(event));
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "source", "type", "time", "tenantid", "correlationid", "data"})
    void anEventWithAMalformedAttributeIsUnreadable(String attribute) throws Exception {
        for (String value : List.of("\"canary-5f1d \\\\ %\"", "12", "[1]", "{\"a\":1}", "true")) {
            ObjectNode event = anEvent();
            event.set(attribute, mapper.readTree(value));
            byte[] bytes = mapper.writeValueAsBytes(event);
            // A source is any URI reference.
            if (attribute.equals("source") && (value.equals("12") || value.equals("true"))) {
                continue;
            }
            assertUnreadable(bytes);
        }
    }

    @Test
    void anUnknownTypeIsUnreadable() throws Exception {
        ObjectNode event = anEvent();
        event.put("type", "io.tenure.lifecycle." + CANARY);
        assertEquals("unknown event type", assertUnreadable(mapper.writeValueAsBytes(event)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"canary-5f1d\"", "[\"canary-5f1d\"]", "{\"canary-5f1d\": 1}", "7"})
    void wrongDataIsUnreadable(String value) throws Exception {
        ObjectNode event = anEvent();
        ((ObjectNode) event.get("data")).set("terminationId", mapper.readTree(value));
        assertEquals("data does not fit TerminationRequested", assertUnreadable(mapper.writeValueAsBytes(event)));
    }

    @ParameterizedTest
    @MethodSource("facts")
    void dataWithoutARequiredFieldIsUnreadable(Class<? extends Fact> type) throws Exception {
        byte[] whole = codec.encode(Facts.event(Facts.filled(type)));
        for (RecordComponent component : type.getRecordComponents()) {
            for (boolean absent : new boolean[] {true, false}) {
                ObjectNode event = (ObjectNode) mapper.readTree(whole);
                ObjectNode data = (ObjectNode) event.get("data");
                if (absent) {
                    data.remove(component.getName());
                } else {
                    data.putNull(component.getName());
                }
                byte[] bytes = mapper.writeValueAsBytes(event);
                if (component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                    codec.decode(bytes);
                } else {
                    assertTrue(assertUnreadable(bytes).startsWith("data "));
                }
            }
        }
    }

    @Test
    void thereIsNoEventAroundAnIncompleteFact() {
        assertEquals(
                "MediumDisabled misses disk.name",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Facts.event(new MediumDisabled(
                                        new UUID(1, 1), new UUID(2, 2), new UUID(3, 3), new Disk(null, 2))))
                        .getMessage());
    }

    @Test
    void whateverIsDamagedIsReadOrRefusedAndNeverFailsOtherwise() {
        byte[] whole = codec.encode(Facts.event(Facts.filled(RetentionStarted.class)));
        for (int i = 0; i < whole.length; i++) {
            tolerate(Arrays.copyOf(whole, i));
            for (char damage : new char[] {'"', '{', '[', '0', 'x', '\\', '\0', '\u00ff'}) {
                byte[] damaged = whole.clone();
                damaged[i] = (byte) damage;
                tolerate(damaged);
            }
        }
    }

    private void tolerate(byte[] bytes) {
        try {
            codec.decode(bytes);
        } catch (UnreadableEventException refused) {
            assertFalse(refused.getMessage().isBlank());
        }
    }

    private ObjectNode anEvent() throws Exception {
        return (ObjectNode) mapper.readTree(codec.encode(Facts.event(Facts.filled(TerminationRequested.class))));
    }

    /** The message and its causes must not quote the record: they end in logs and dead-letter headers. */
    private String assertUnreadable(byte[] bytes) {
        UnreadableEventException failure = assertThrows(UnreadableEventException.class, () -> codec.decode(bytes));
        for (Throwable each = failure; each != null; each = each.getCause()) {
            assertFalse(String.valueOf(each.getMessage()).contains(CANARY), each.getMessage());
        }
        assertTrue(failure.getMessage().length() < 120);
        return failure.getMessage();
    }
}

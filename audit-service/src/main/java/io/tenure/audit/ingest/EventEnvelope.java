package io.tenure.audit.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tenure.audit.log.LogEntry;
import io.tenure.kit.inbox.EventRefusedException;
import io.tenure.verifier.EntryBundle;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads of a record only what the log needs to find the event again. Unlike other consumers it does not ask whether the
 * type is known or the data fits: a newer service's fact belongs into the log as much as any other.
 */
final class EventEnvelope {

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** What CloudEvents producers write in practice, and what every database and terminal takes. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,255}");

    private static final Pattern URI_REFERENCE = Pattern.compile("[!-~]{1,255}");

    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private EventEnvelope() {}

    /**
     * The record as an entry of the log.
     *
     * @throws EventRefusedException if it is not a CloudEvent that can be logged; the reason quotes nothing of it
     */
    static LogEntry read(ConsumerRecord<String, byte[]> record) {
        byte[] bytes = record.value();
        if (bytes == null) {
            throw new EventRefusedException("the record has no value");
        }
        if (bytes.length > EntryBundle.MAX_ENTRY_LENGTH) {
            throw new EventRefusedException("the event has " + bytes.length + " bytes, and an entry of the log at most "
                    + EntryBundle.MAX_ENTRY_LENGTH);
        }
        JsonNode event = parse(bytes);
        if (!"1.0".equals(event.path("specversion").textValue())) {
            throw new EventRefusedException("attribute specversion is not 1.0");
        }
        return new LogEntry(
                uuid(event, "id"),
                bytes,
                text(event, "type", NAME),
                uuid(event, "tenantid"),
                event.path("correlationid").isMissingNode() ? null : uuid(event, "correlationid"),
                time(event),
                text(event, "source", URI_REFERENCE),
                record.topic(),
                record.partition(),
                record.offset());
    }

    private static JsonNode parse(byte[] bytes) {
        try {
            JsonNode event = MAPPER.readTree(bytes);
            if (event != null && event.isObject()) {
                return event;
            }
        } catch (JsonProcessingException notJson) {
            throw new EventRefusedException("not one JSON value, or one with a repeated field");
        } catch (IOException impossible) {
            throw new IllegalStateException("bytes in memory cannot be read", impossible);
        }
        throw new EventRefusedException("not a CloudEvent in structured JSON");
    }

    private static String text(JsonNode event, String attribute, Pattern form) {
        String value = event.path(attribute).textValue();
        if (value == null || !form.matcher(value).matches()) {
            throw new EventRefusedException("attribute " + attribute + " is missing or malformed");
        }
        return value;
    }

    private static UUID uuid(JsonNode event, String attribute) {
        String value = event.path(attribute).textValue();
        try {
            // UUID.fromString accepts shortened groups; an id has exactly one spelling.
            if (value != null && value.length() == 36) {
                return UUID.fromString(value);
            }
        } catch (IllegalArgumentException malformed) {
            // as below
        }
        throw new EventRefusedException("attribute " + attribute + " is not a UUID");
    }

    private static Instant time(JsonNode event) {
        try {
            String value = event.path("time").textValue();
            Instant time =
                    value == null ? Instant.MIN : OffsetDateTime.parse(value).toInstant();
            if (!time.isBefore(EARLIEST) && !time.isAfter(LATEST)) {
                return time;
            }
        } catch (DateTimeException malformed) {
            // as below
        }
        throw new EventRefusedException("attribute time is missing, malformed or out of range");
    }
}

package io.tenure.audit.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.tenure.audit.log.LogEntry;
import io.tenure.kit.inbox.EventRefusedException;
import io.tenure.verifier.tree.EntryBundle;
import io.tenure.verifier.tree.Merkle;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The attributes of an event that the log indexes. Unlike other consumers it does not check whether the type is known
 * or the data fits: facts of newer services belong in the log too.
 *
 * @param bytes the event exactly as it was published
 * @param leafHash RFC 6962 leaf hash of the bytes
 * @param correlationId null if the event has none
 */
record EventEnvelope(
        byte[] bytes,
        byte[] leafHash,
        UUID eventId,
        String type,
        UUID tenantId,
        UUID correlationId,
        Instant time,
        String source)
        implements Reading {

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** The characters that CloudEvents producers use in practice, and that every database and terminal can handle. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,255}");

    private static final Pattern URI_REFERENCE = Pattern.compile("[!-~]{1,255}");

    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    /** The attributes as in the JSON; null if absent or not a string. */
    private static final class Attributes {
        private String specversion;
        private String id;
        private String type;
        private String tenantid;
        private String correlationid;
        private boolean correlated;
        private String time;
        private String source;
    }

    /**
     * Reads the value of a record.
     *
     * @throws EventRefusedException if it is not a CloudEvent that can be logged; the reason does not quote it
     */
    static EventEnvelope read(byte[] bytes) {
        if (bytes.length > EntryBundle.MAX_ENTRY_LENGTH) {
            throw new EventRefusedException("the event has " + bytes.length + " bytes, and an entry of the log at most "
                    + EntryBundle.MAX_ENTRY_LENGTH);
        }
        Attributes event = attributes(bytes);
        if (!"1.0".equals(event.specversion)) {
            throw new EventRefusedException("attribute specversion is not 1.0");
        }
        return new EventEnvelope(
                bytes,
                Merkle.hashLeaf(bytes),
                uuid(event.id, "id"),
                text(event.type, "type", NAME),
                uuid(event.tenantid, "tenantid"),
                event.correlated ? uuid(event.correlationid, "correlationid") : null,
                time(event.time),
                text(event.source, "source", URI_REFERENCE));
    }

    /** The event as an entry of the log, with the place where it was read. */
    LogEntry readAt(ConsumerRecord<?, ?> record) {
        return new LogEntry(
                eventId,
                bytes,
                leafHash,
                type,
                tenantId,
                correlationId,
                time,
                source,
                record.topic(),
                record.partition(),
                record.offset());
    }

    /** Checks all of the JSON but keeps only what the log needs. */
    private static Attributes attributes(byte[] bytes) {
        try (JsonParser json = JSON.createParser(bytes)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new EventRefusedException("not a CloudEvent in structured JSON");
            }
            Attributes event = new Attributes();
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                String text = json.nextTextValue();
                take(event, name, text);
                json.skipChildren();
            }
            if (json.nextToken() != null) {
                throw new EventRefusedException("not one JSON value, or one with a repeated field");
            }
            return event;
        } catch (JsonProcessingException notJson) {
            throw new EventRefusedException("not one JSON value, or one with a repeated field");
        } catch (IOException impossible) {
            throw new IllegalStateException("bytes in memory cannot be read", impossible);
        }
    }

    private static void take(Attributes event, String name, String text) {
        switch (name) {
            case "specversion" -> event.specversion = text;
            case "id" -> event.id = text;
            case "type" -> event.type = text;
            case "tenantid" -> event.tenantid = text;
            case "correlationid" -> {
                event.correlationid = text;
                event.correlated = true;
            }
            case "time" -> event.time = text;
            case "source" -> event.source = text;
            default -> {
                // Extensions and data are logged, not read.
            }
        }
    }

    private static String text(String value, String attribute, Pattern form) {
        if (value == null || !form.matcher(value).matches()) {
            throw new EventRefusedException("attribute " + attribute + " is missing or malformed");
        }
        return value;
    }

    private static UUID uuid(String value, String attribute) {
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

    private static Instant time(String value) {
        try {
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

package io.tenure.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.format.EventDeserializationException;
import io.cloudevents.jackson.JsonCloudEventData;
import io.cloudevents.jackson.JsonFormat;
import java.io.IOException;
import java.net.URI;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Events as bytes: CloudEvents 1.0 in structured JSON ({@code application/cloudevents+json}). The audit log hashes
 * exactly these bytes, so an event is encoded once, when it is recorded, and never again.
 */
public final class EventCodec {

    /** Media type of an encoded event. */
    public static final String CONTENT_TYPE = JsonFormat.CONTENT_TYPE;

    private static final String TENANT_ID = "tenantid";
    private static final String CORRELATION_ID = "correlationid";
    private static final String TRACEPARENT = "traceparent";

    private final ObjectMapper mapper = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            // Schemas only grow: a consumer must accept what a newer producer adds.
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    private final JsonFormat format = new JsonFormat();

    /** Encodes an event. */
    public byte[] encode(Event event) {
        CloudEventBuilder builder = CloudEventBuilder.v1()
                .withId(event.id().toString())
                .withSource(URI.create(event.source()))
                .withType(event.type())
                .withSubject(event.subject())
                .withTime(event.time().atOffset(ZoneOffset.UTC))
                .withDataContentType("application/json")
                .withDataSchema(schemaOf(event.fact().getClass()))
                .withExtension(TENANT_ID, event.tenantId().toString())
                .withData(JsonCloudEventData.wrap(mapper.valueToTree(event.fact())));
        if (event.correlationId() != null) {
            builder.withExtension(CORRELATION_ID, event.correlationId().toString());
        }
        if (event.traceparent() != null) {
            builder.withExtension(TRACEPARENT, event.traceparent());
        }
        return format.serialize(builder.build());
    }

    /**
     * Decodes an event.
     *
     * @throws UnreadableEventException if the bytes are not a CloudEvent, lack an attribute or a field that the schema
     *     requires, or have a type that this version does not know
     */
    public Event decode(byte @Nullable [] bytes) {
        if (bytes == null) {
            throw new UnreadableEventException("the record has no value");
        }
        CloudEvent cloudEvent = parse(bytes);
        if (cloudEvent == null) {
            throw new UnreadableEventException("not a CloudEvent in structured JSON");
        }
        Class<? extends Fact> type = EventType.classOf(cloudEvent.getType())
                .orElseThrow(() -> new UnreadableEventException("unknown event type"));
        if (cloudEvent.getSubject() == null || cloudEvent.getTime() == null || cloudEvent.getData() == null) {
            throw new UnreadableEventException("subject, time or data is missing");
        }
        return new Event(
                uuid(cloudEvent.getId(), "id"),
                cloudEvent.getSource().toString(),
                cloudEvent.getSubject(),
                cloudEvent.getTime().toInstant(),
                uuid(extension(cloudEvent, TENANT_ID), TENANT_ID),
                cloudEvent.getExtension(CORRELATION_ID) == null
                        ? null
                        : uuid(extension(cloudEvent, CORRELATION_ID), CORRELATION_ID),
                extension(cloudEvent, TRACEPARENT),
                fact(cloudEvent, type));
    }

    /** Where the JSON Schema of a fact is found below the contract's root. */
    public static URI schemaOf(Class<? extends Fact> fact) {
        return URI.create("/tenure/schemas/" + EventType.domain(fact) + "/" + fact.getSimpleName() + "/v1");
    }

    private CloudEvent parse(byte[] bytes) {
        try {
            return format.deserialize(bytes);
        } catch (EventDeserializationException | IllegalArgumentException | IllegalStateException notACloudEvent) {
            throw new UnreadableEventException("not a CloudEvent in structured JSON");
        }
    }

    private Fact fact(CloudEvent cloudEvent, Class<? extends Fact> type) {
        try {
            JsonNode data = cloudEvent.getData() instanceof JsonCloudEventData json
                    ? json.getNode()
                    : mapper.readTree(cloudEvent.getData().toBytes());
            Fact fact = mapper.treeToValue(data, type);
            if (fact == null) {
                throw new UnreadableEventException("data does not fit " + type.getSimpleName());
            }
            Completeness.missing(fact).ifPresent(component -> {
                throw new UnreadableEventException("data of " + type.getSimpleName() + " misses " + component);
            });
            return fact;
        } catch (JsonProcessingException | IllegalArgumentException unlike) {
            throw new UnreadableEventException("data does not fit " + type.getSimpleName());
        } catch (IOException unreadable) {
            throw new UnreadableEventException("data is not JSON");
        }
    }

    private static @Nullable String extension(CloudEvent cloudEvent, String name) {
        Object value = cloudEvent.getExtension(name);
        return value == null ? null : value.toString();
    }

    private static UUID uuid(@Nullable String text, String attribute) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException | NullPointerException malformed) {
            throw new UnreadableEventException("attribute " + attribute + " is not a UUID");
        }
    }
}

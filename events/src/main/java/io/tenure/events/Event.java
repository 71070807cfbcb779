package io.tenure.events;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A fact with its envelope: the attributes of CloudEvents 1.0 and Tenure's extensions. It cannot be made around a fact
 * that lacks a component which its schema requires.
 *
 * @param id UUIDv7, unique for ever; consumers recognise repeated deliveries by it
 * @param source the producing service as {@code /tenure/<service>}
 * @param subject the aggregate that changed, as the API's path, for example {@code /v1/vms/0198…}
 * @param time when it happened
 * @param tenantId the tenant concerned, extension {@code tenantid}; also the record's key
 * @param correlationId the termination that caused it, extension {@code correlationid}; null if none did
 * @param traceparent W3C trace context of the cause, extension {@code traceparent}; null outside a trace
 * @param fact what happened
 */
public record Event(
        UUID id,
        String source,
        String subject,
        Instant time,
        UUID tenantId,
        @Nullable UUID correlationId,
        @Nullable String traceparent,
        Fact fact) {

    public Event {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(tenantId, "tenantId");
        Objects.requireNonNull(fact, "fact");
        Completeness.missing(fact).ifPresent(component -> {
            throw new IllegalArgumentException(fact.getClass().getSimpleName() + " misses " + component);
        });
    }

    /** CloudEvents {@code type}, for example {@code io.tenure.lifecycle.TerminationRequested}. */
    public String type() {
        return EventType.of(fact.getClass());
    }
}

package io.tenure.kit.outbox;

import io.tenure.events.Event;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;

/** An event that waits for Kafka. The database gives the order ({@code seq}). */
@Entity
@Table(name = "outbox")
class OutboxRow {

    @Id
    UUID id;

    String aggregatetype;
    String aggregateid;
    String type;
    String payload;
    UUID tenantId;
    short bucket;
    String traceparent;
    Instant recordedAt;

    /** For the persistence provider. */
    protected OutboxRow() {}

    OutboxRow(String topic, Outbox.Encoded encoded) {
        Event event = encoded.event();
        id = event.id();
        aggregatetype = topic;
        aggregateid = event.tenantId().toString();
        type = event.type();
        payload = new String(encoded.bytes(), StandardCharsets.UTF_8);
        tenantId = event.tenantId();
        bucket = (short) Math.floorMod(tenantId.hashCode(), Outbox.BUCKETS);
        traceparent = event.traceparent();
        recordedAt = event.time();
    }
}

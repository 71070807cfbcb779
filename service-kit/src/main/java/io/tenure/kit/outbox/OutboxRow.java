package io.tenure.kit.outbox;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
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

    @Column(name = "tenant_id")
    UUID tenantId;

    short bucket;
    String traceparent;

    @Column(name = "recorded_at")
    Instant recordedAt;
}

package io.tenure.lifecycle.termination;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Immutable;

/** Something that keeps a termination from going on. */
@Entity
@Immutable
@Table(name = "blocker")
class Blocker {

    @Id
    UUID id;

    @Column(name = "termination_id")
    UUID terminationId;

    String resource;
    String owner;
    String reason;
    int attempts;

    @Column(name = "next_retry_at")
    Instant nextRetryAt;
}

package io.tenure.lifecycle.obligation;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Immutable;

/** Something that was reported to keep a termination from going on. */
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

    BlockerView view() {
        return new BlockerView(resource, owner, reason, attempts, nextRetryAt);
    }
}

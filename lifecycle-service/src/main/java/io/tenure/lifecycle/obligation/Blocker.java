package io.tenure.lifecycle.obligation;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Immutable;

/** A reported obstacle to a termination. */
@Entity
@Immutable
class Blocker {

    @Id
    UUID id;

    UUID terminationId;
    String resource;
    String owner;
    String reason;
    int attempts;
    Instant nextRetryAt;
}

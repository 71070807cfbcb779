package io.tenure.kit.encryption;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;
import java.util.UUID;

/** A tenant's data key. It is destroyed by a statement of {@link TenantKeys}, never through this object. */
@Entity
class TenantKey {

    @Id
    @Column(updatable = false)
    UUID tenantId;

    /** Wrapped by the master key; null once it is destroyed. */
    @Column(updatable = false)
    byte[] wrapped;

    @Column(updatable = false)
    Instant createdAt;

    /** For the persistence provider. */
    protected TenantKey() {}

    TenantKey(UUID tenantId, byte[] wrapped, Instant createdAt) {
        this.tenantId = tenantId;
        this.wrapped = wrapped;
        this.createdAt = createdAt;
    }
}

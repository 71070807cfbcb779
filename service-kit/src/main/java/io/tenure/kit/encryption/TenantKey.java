package io.tenure.kit.encryption;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** A tenant's data key. It is destroyed by a statement of {@link TenantKeys}, never through this object. */
@Entity
@Table(name = "tenant_key")
class TenantKey {

    @Id
    @Column(name = "tenant_id", updatable = false)
    UUID tenantId;

    /** Wrapped by the master key; null once it is destroyed. */
    @Column(updatable = false)
    byte[] wrapped;

    @Column(name = "created_at", updatable = false)
    Instant createdAt;

    /** For the persistence provider. */
    protected TenantKey() {}

    TenantKey(UUID tenantId, byte[] wrapped, Instant createdAt) {
        this.tenantId = tenantId;
        this.wrapped = wrapped;
        this.createdAt = createdAt;
    }
}

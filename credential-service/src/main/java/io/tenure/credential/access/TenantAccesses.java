package io.tenure.credential.access;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;

/** The tenants that are known here. */
@ApplicationScoped
public class TenantAccesses {

    /**
     * Locks a tenant's row until the end of the caller's transaction, and creates it if this is the first fact about
     * the tenant. Take this lock before any lock on credentials.
     */
    public Uni<TenantAccess> lock(UUID tenantId) {
        return Panache.getSession()
                .flatMap(session -> find(session, tenantId).onItem().ifNull().switchTo(() -> session.createNativeQuery(
                                "INSERT INTO tenant_access (tenant_id, state)"
                                        + " VALUES (?1, 'OPEN') ON CONFLICT DO NOTHING")
                        .setParameter(1, tenantId)
                        .executeUpdate()
                        .chain(() -> find(session, tenantId))));
    }

    /** Whether there was any fact about the tenant. */
    public Uni<Boolean> isKnown(UUID tenantId) {
        return Panache.getSession()
                .flatMap(session -> session.find(TenantAccess.class, tenantId))
                .map(access -> access != null);
    }

    private static Uni<TenantAccess> find(Mutiny.Session session, UUID tenantId) {
        return session.find(TenantAccess.class, tenantId, LockModeType.PESSIMISTIC_WRITE);
    }
}

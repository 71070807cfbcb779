package io.tenure.lifecycle.tenant;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.UUID;

/** Which tenants exist: a read model of the provisioning service's facts. Methods join the caller's transaction. */
@ApplicationScoped
public class KnownTenants {

    /** Records a new tenant; repeating it changes nothing. */
    public Uni<Void> created(UUID tenantId, Instant at) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(
                                "INSERT INTO tenant (id, created_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
                        .setParameter(1, tenantId)
                        .setParameter(2, at)
                        .executeUpdate())
                .replaceWithVoid();
    }

    /** Whether there is, or was, such a tenant. */
    public Uni<Boolean> exists(UUID tenantId) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery("SELECT 1 FROM tenant WHERE id = ?1", Integer.class)
                        .setParameter(1, tenantId)
                        .getSingleResultOrNull())
                .map(found -> found != null);
    }
}

package io.tenure.credential.identity;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;

/**
 * Which identities a termination disables, stored before it does so. A restoration enables only these: whoever was
 * disabled before stays disabled. All methods take part in the caller's transaction.
 */
@ApplicationScoped
class DisabledIdentities {

    Uni<Void> remember(UUID tenantId, List<String> identityIds) {
        return identityIds.isEmpty()
                ? Uni.createFrom().voidItem()
                : Panache.getSession()
                        .flatMap(session -> session.createNativeQuery(
                                        "INSERT INTO disabled_identity"
                                                + " (tenant_id, identity_id) SELECT CAST(?1 AS uuid), unnest(CAST(?2 AS text[])) ON CONFLICT DO NOTHING")
                                .setParameter(1, tenantId)
                                .setParameter(2, identityIds.toArray(String[]::new))
                                .executeUpdate())
                        .replaceWithVoid();
    }

    Uni<List<String>> of(UUID tenantId) {
        return Panache.getSession().flatMap(session -> session.createNativeQuery(
                        "SELECT identity_id FROM disabled_identity WHERE tenant_id = ?1 ORDER BY 1", String.class)
                .setParameter(1, tenantId)
                .getResultList());
    }

    Uni<Void> forget(UUID tenantId) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery("DELETE FROM disabled_identity WHERE tenant_id = ?1")
                        .setParameter(1, tenantId)
                        .executeUpdate())
                .replaceWithVoid();
    }
}

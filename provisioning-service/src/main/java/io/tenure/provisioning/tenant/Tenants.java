package io.tenure.provisioning.tenant;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.UUID;

/** The tenants. All methods take part in the caller's session. */
@ApplicationScoped
public class Tenants {

    Uni<Void> add(Tenant tenant) {
        return Panache.getSession().flatMap(session -> session.persist(tenant));
    }

    /** One tenant; null if there is none. */
    public Uni<Tenant> find(UUID id) {
        return Panache.getSession().flatMap(session -> session.find(Tenant.class, id));
    }

    /**
     * One tenant, locked until the end of the transaction; null if there is none. Whatever changes a tenant or one of its
     * assets takes this lock first.
     */
    public Uni<Tenant> lock(UUID id) {
        return Panache.getSession().flatMap(session -> session.find(Tenant.class, id, LockModeType.PESSIMISTIC_WRITE));
    }

    /** Up to {@code limit} tenants with ids above {@code after}, ascending. */
    Uni<List<Tenant>> page(UUID after, int limit) {
        return Panache.getSession()
                .flatMap(session -> session.createSelectionQuery("from Tenant where id > ?1 order by id", Tenant.class)
                        .setParameter(1, after)
                        .setMaxResults(limit)
                        .getResultList());
    }
}

package io.tenure.provisioning.tenant;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.task.TaskRequest;
import io.tenure.kit.task.Tasks;
import io.tenure.kit.task.Urgency;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;

/** The tenants. All methods take part in the caller's session. */
@ApplicationScoped
public class Tenants {

    /** Kind of the tasks that move a tenant on once all of its assets are done. */
    public static final String TASK = "tenant";

    private final Tasks tasks;

    Tenants(Tasks tasks) {
        this.tasks = tasks;
    }

    Uni<Void> add(Tenant tenant) {
        return Panache.getSession().flatMap(session -> session.persist(tenant));
    }

    /** One tenant; null if there is none. */
    public Uni<Tenant> find(UUID id) {
        return Panache.getSession().flatMap(session -> session.find(Tenant.class, id));
    }

    /**
     * One tenant, locked until the end of the transaction; null if there is none. Whatever changes a tenant or one of
     * its assets takes this lock first.
     */
    public Uni<Tenant> lock(UUID id) {
        return Panache.getSession().flatMap(session -> session.find(Tenant.class, id, LockModeType.PESSIMISTIC_WRITE));
    }

    /** Requests that a tenant moves on if all of its assets are done. The caller holds the tenant's lock. */
    public Uni<Void> requestReconciliation(Tenant tenant) {
        return Panache.getSession()
                .flatMap(Mutiny.Session::flush)
                .chain(() -> tasks.request(TaskRequest.now(
                        TASK, tenant.id(), tenant.id(), tenant.terminationId(), urgency(tenant.status()))));
    }

    private static Urgency urgency(TenantStatus status) {
        return switch (status) {
            case DISABLING, RESTORING -> Urgency.URGENT;
            case ACTIVE, DISABLED, DELETING, DELETED -> Urgency.NORMAL;
        };
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

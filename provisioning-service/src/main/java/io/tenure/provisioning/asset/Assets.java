package io.tenure.provisioning.asset;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.task.TaskRequest;
import io.tenure.kit.task.Tasks;
import io.tenure.kit.task.Urgency;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;

/** The assets. All methods take part in the caller's session. */
@ApplicationScoped
public class Assets {

    /** Kind of the tasks that bring the platform in line with an asset's status. */
    static final String TASK = "asset";

    private final Tasks tasks;

    Assets(Tasks tasks) {
        this.tasks = tasks;
    }

    public Uni<Void> add(Asset asset) {
        return Panache.getSession().flatMap(session -> session.persist(asset));
    }

    /** One asset; null if there is none. */
    public Uni<Asset> find(UUID id) {
        return Panache.getSession().flatMap(session -> session.find(Asset.class, id));
    }

    /** Up to {@code limit} assets of a tenant with ids above {@code after}, ascending. */
    Uni<List<Asset>> page(UUID tenantId, UUID after, int limit) {
        return Panache.getSession().flatMap(session -> session.createSelectionQuery(
                        "from Asset where tenantId = ?1 and id > ?2 order by id", Asset.class)
                .setParameter(1, tenantId)
                .setParameter(2, after)
                .setMaxResults(limit)
                .getResultList());
    }

    /** All assets of a tenant, oldest first. */
    public Uni<List<Asset>> of(UUID tenantId) {
        return Panache.getSession().flatMap(session -> session.createSelectionQuery(
                        "from Asset where tenantId = ?1 order by id", Asset.class)
                .setParameter(1, tenantId)
                .getResultList());
    }

    /** Whether any of a tenant's assets still has work under way for the termination. */
    Uni<Boolean> isAnyInCascade(UUID tenantId) {
        return Panache.getSession()
                .flatMap(session -> session.flush().chain(() -> session.createSelectionQuery(
                                "select count(*) from Asset where tenantId = ?1"
                                        + " and status in (DISABLING, RESTORING, SANITIZING)",
                                Long.class)
                        .setParameter(1, tenantId)
                        .getSingleResult()))
                .map(left -> left > 0);
    }

    /** The number of machines in a VDC that have the given status. */
    Uni<Integer> countInVdc(UUID vdcId, AssetStatus status) {
        return Panache.getSession()
                .flatMap(session -> session.flush().chain(() -> session.createSelectionQuery(
                                "select count(*) from Asset where vdcId = ?1 and status = ?2", Long.class)
                        .setParameter(1, vdcId)
                        .setParameter(2, status)
                        .getSingleResult()))
                .map(Long::intValue);
    }

    /** Requests immediate reconciliation of these assets with their platforms. */
    public Uni<Void> requestReconciliation(Collection<Asset> assets, UUID correlationId) {
        return Panache.getSession()
                .flatMap(Mutiny.Session::flush)
                .chain(() -> tasks.request(assets.stream()
                        .map(asset -> TaskRequest.now(
                                TASK, asset.tenantId(), asset.id(), correlationId, urgency(asset.status())))
                        .toList()));
    }

    private static Urgency urgency(AssetStatus status) {
        return switch (status) {
            case DISABLING, RESTORING -> Urgency.URGENT;
            case ORDERED, PROVISIONED, FAILED, DISABLED, LOST, REMOVED -> Urgency.NORMAL;
            case SANITIZING, SANITIZED -> Urgency.BACKGROUND;
        };
    }
}

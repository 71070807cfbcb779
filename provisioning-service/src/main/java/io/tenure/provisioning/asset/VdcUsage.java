package io.tenure.provisioning.asset;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.task.Reconciliation;
import io.tenure.kit.task.Step;
import io.tenure.kit.task.Task;
import io.tenure.kit.task.TaskRequest;
import io.tenure.kit.task.Tasks;
import io.tenure.kit.task.Urgency;
import io.tenure.kit.task.Work;
import io.tenure.platform.AssetRef;
import io.tenure.platform.Inventory;
import io.tenure.platform.Priority;
import io.tenure.provisioning.asset.VdcUsage.Vdc;
import io.tenure.provisioning.operation.Operations;
import io.tenure.provisioning.platform.Platforms;
import io.tenure.provisioning.tenant.Tenants;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Measures how much virtual data centers hold, since tenants fill them themselves (row C1.2), and publishes when one
 * exceeds its quota. Nothing is stopped: the provider and the customer decide what to do.
 */
@ApplicationScoped
class VdcUsage implements Reconciliation<Vdc, Long> {

    static final String KIND = "vdc-usage";

    /** At most this many per sweep; the next sweep takes the rest. */
    private static final int SWEEP = 500;

    private final Platforms platforms;
    private final Operations operations;
    private final Tenants tenants;
    private final Assets assets;
    private final Tasks tasks;
    private final Outbox outbox;
    private final UnitOfWork unitOfWork;
    private final Clock clock;
    private final Duration every;

    VdcUsage(
            Platforms platforms,
            Operations operations,
            Tenants tenants,
            Assets assets,
            Tasks tasks,
            Outbox outbox,
            UnitOfWork unitOfWork,
            Clock clock,
            @ConfigProperty(name = "tenure.vdc.measure-every") Duration every) {
        this.platforms = platforms;
        this.operations = operations;
        this.tenants = tenants;
        this.assets = assets;
        this.tasks = tasks;
        this.outbox = outbox;
        this.unitOfWork = unitOfWork;
        this.clock = clock;
        this.every = every;
    }

    /** Requests a measurement of every VDC that is due. If several replicas sweep at once, each VDC gets one task. */
    @Scheduled(every = "1m", delayed = "1m", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    Uni<Void> sweep() {
        return unitOfWork.run(() -> Panache.getSession()
                .flatMap(session -> session.createSelectionQuery(
                                "from Asset where kind = VDC and status = PROVISIONED"
                                        + " and (measuredAt is null or measuredAt < ?1) order by measuredAt nulls first",
                                Asset.class)
                        .setParameter(1, clock.instant().minus(every))
                        .setMaxResults(SWEEP)
                        .getResultList())
                .flatMap(due -> tasks.request(due.stream()
                        .map(vdc -> TaskRequest.now(KIND, vdc.tenantId(), vdc.id(), null, Urgency.BACKGROUND))
                        .toList())));
    }

    /** @param platform the platform that has it */
    record Vdc(UUID id, String platform) {}

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Duration deadline() {
        return operations.deadline();
    }

    @Override
    public Uni<Step<Vdc>> plan(Task task) {
        return assets.find(task.subjectId())
                .map(vdc -> vdc.status() == AssetStatus.PROVISIONED
                        ? Step.act(new Vdc(vdc.id(), vdc.platform()))
                        : Step.done());
    }

    @Override
    public Uni<Long> act(Work work, Vdc vdc) {
        return Uni.createFrom()
                .deferred(() -> platforms.inventory(
                        platforms.named(vdc.platform()), work.task().tenantId(), Priority.BACKGROUND))
                .map(inventory -> inventory.items().stream()
                        .filter(item -> isIn(vdc.id(), item.ref()))
                        .mapToLong(Inventory.Item::bytes)
                        .sum());
    }

    private static boolean isIn(UUID vdc, AssetRef ref) {
        return switch (ref) {
            case AssetRef.Own own -> own.assetId().equals(vdc);
            case AssetRef.InVdc machine -> machine.vdcId().equals(vdc);
        };
    }

    @Override
    public Uni<Step<Vdc>> settle(Task task, Vdc measured, Long bytes) {
        return tenants.lock(task.tenantId())
                .chain(() -> assets.find(measured.id()))
                .flatMap(vdc -> outbox.append(
                        vdc.tenantId(),
                        vdc.path(),
                        null,
                        vdc.measured(bytes, clock.instant()).stream().toList()))
                .replaceWith(Step.done());
    }
}

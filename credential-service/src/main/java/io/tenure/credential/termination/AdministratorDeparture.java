package io.tenure.credential.termination;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.tenure.credential.access.TenantAccesses;
import io.tenure.credential.identity.TenantIdentities;
import io.tenure.credential.identity.TenantIdentities.Identity;
import io.tenure.credential.termination.AdministratorDeparture.Plan;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.task.Reconciliation;
import io.tenure.kit.task.Step;
import io.tenure.kit.task.Task;
import io.tenure.kit.task.Work;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * Removes the last account of a deleted tenant after the grace period for fetching the certificate, by the database's
 * clock. The deletion does not wait for it.
 */
@ApplicationScoped
class AdministratorDeparture implements Reconciliation<Plan, List<Identity>> {

    static final String KIND = "administrator-departure";

    private final TenantAccesses accesses;
    private final TenantIdentities identities;
    private final Outbox outbox;

    AdministratorDeparture(TenantAccesses accesses, TenantIdentities identities, Outbox outbox) {
        this.accesses = accesses;
        this.identities = identities;
        this.outbox = outbox;
    }

    /** Remove everybody who is left. */
    record Plan() {}

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Duration deadline() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Uni<Step<Plan>> plan(Task task) {
        return accesses.lock(task.tenantId())
                .map(access -> access.identityId().isEmpty() ? Step.done() : Step.act(new Plan()));
    }

    @Override
    public Uni<List<Identity>> act(Work work, Plan plan) {
        UUID tenantId = work.task().tenantId();
        return identities
                .of(tenantId)
                .flatMap(all -> Multi.createFrom()
                        .iterable(all)
                        .onItem()
                        .transformToUniAndConcatenate(identity -> identities.delete(identity.id()))
                        .collect()
                        .last())
                // Ask the provider again whether anybody is left.
                .chain(() -> identities.of(tenantId));
    }

    @Override
    public Uni<Step<Plan>> settle(Task task, Plan plan, List<Identity> left) {
        if (!left.isEmpty()) {
            return Uni.createFrom()
                    .item(Step.obstructed(new IllegalStateException("The identity provider still shows identities")));
        }
        return accesses.lock(task.tenantId())
                .flatMap(access -> outbox.append(
                        task.tenantId(), "/v1/tenants/" + task.tenantId(), access.terminationId(), access.departed()))
                .replaceWith(Step.done());
    }
}

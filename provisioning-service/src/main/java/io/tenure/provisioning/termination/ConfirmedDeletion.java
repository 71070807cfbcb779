package io.tenure.provisioning.termination;

import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import io.tenure.events.AssetAction;
import io.tenure.events.Event;
import io.tenure.events.LifecycleFact.CommandRepeated;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.ProvisioningFact.AssetActionBlocked;
import io.tenure.kit.confirmation.DeletionConfirmation;
import io.tenure.kit.confirmation.DeletionOrders;
import io.tenure.kit.confirmation.Irrevocable;
import io.tenure.kit.inbox.DeadLetters;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.task.Tasks;
import io.tenure.provisioning.tenant.Tenant;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/** Asks lifecycle before this service deletes anything of a tenant, and deletes once lifecycle has confirmed. */
@ApplicationScoped
class ConfirmedDeletion implements Irrevocable {

    private final TerminationCascade cascade;
    private final Outbox outbox;

    ConfirmedDeletion(TerminationCascade cascade, Outbox outbox) {
        this.cascade = cascade;
        this.outbox = outbox;
    }

    /** For whoever asks again before it wipes something. */
    @Produces
    @Singleton
    DeletionOrders orders(@RestClient LifecycleClient lifecycle) {
        return lifecycle;
    }

    @Produces
    @Singleton
    DeletionConfirmation confirmation(
            @RestClient LifecycleClient lifecycle,
            ConfirmedDeletion deletion,
            Tasks tasks,
            DeadLetters deadLetters,
            MeterRegistry metrics) {
        return new DeletionConfirmation(lifecycle, deletion, tasks, deadLetters, metrics);
    }

    @Override
    public Uni<Void> run(Event deletionStarted) {
        return switch (deletionStarted.fact()) {
            case DeletionStarted fact ->
                cascade.delete(deletionStarted.tenantId(), fact.terminationId(), fact.manifestDigest());
            case CommandRepeated fact -> cascade.repeat(deletionStarted.tenantId(), fact);
            default -> throw new IllegalStateException("Only deletions are confirmed");
        };
    }

    /** Published like any other obstacle, so that the termination shows why nothing happens. */
    @Override
    public Uni<Void> unanswered(Event deletionStarted, int attempts, Instant nextRetryAt) {
        UUID tenantId = deletionStarted.tenantId();
        return outbox.append(
                        tenantId,
                        Tenant.path(tenantId),
                        deletionStarted.correlationId(),
                        new AssetActionBlocked(
                                deletionStarted.correlationId(),
                                null,
                                AssetAction.CONFIRM,
                                "the lifecycle service does not confirm the deletion",
                                attempts,
                                nextRetryAt))
                .replaceWithVoid();
    }
}

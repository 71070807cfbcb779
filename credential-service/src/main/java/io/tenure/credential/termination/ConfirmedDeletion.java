package io.tenure.credential.termination;

import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import io.tenure.events.Event;
import io.tenure.events.LifecycleFact.CommandRepeated;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.kit.confirmation.DeletionConfirmation;
import io.tenure.kit.confirmation.Irrevocable;
import io.tenure.kit.inbox.DeadLetters;
import io.tenure.kit.task.Tasks;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/** Asks lifecycle before this service deletes anything of a tenant, and deletes once lifecycle has confirmed. */
@ApplicationScoped
class ConfirmedDeletion implements Irrevocable {

    private final AccessCascade cascade;

    ConfirmedDeletion(AccessCascade cascade) {
        this.cascade = cascade;
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
            case DeletionStarted fact -> cascade.destroy(deletionStarted.tenantId(), fact.terminationId());
            case CommandRepeated fact -> cascade.destroy(deletionStarted.tenantId(), fact.terminationId());
            default -> throw new IllegalStateException("Only deletions are confirmed");
        };
    }
}

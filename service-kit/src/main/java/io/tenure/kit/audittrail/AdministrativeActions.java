package io.tenure.kit.audittrail;

import io.smallrye.mutiny.Uni;
import io.tenure.events.AdministrativeActionPerformed;
import io.tenure.kit.access.Caller;
import io.tenure.kit.outbox.Outbox;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;

/** Records who did what through the API, in the same transaction as what was done (matrix rows P1.3 and P5.2). */
@ApplicationScoped
public class AdministrativeActions {

    private final Outbox outbox;
    private final Caller caller;

    AdministrativeActions(Outbox outbox, Caller caller) {
        this.outbox = outbox;
        this.caller = caller;
    }

    /**
     * @param action the operation, for example {@code termination.request}
     * @param resource the API's path of what it acted on
     * @param correlationId the termination concerned, or null
     */
    public Uni<Void> record(UUID tenantId, String action, String resource, UUID correlationId) {
        return outbox.append(
                        tenantId,
                        resource,
                        correlationId,
                        new AdministrativeActionPerformed(
                                action, resource, caller.id(), caller.roles(), caller.client(), tenantId))
                .replaceWithVoid();
    }
}

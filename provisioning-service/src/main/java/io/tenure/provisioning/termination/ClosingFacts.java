package io.tenure.provisioning.termination;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.smallrye.mutiny.Uni;
import io.tenure.events.ProvisioningFact;
import io.tenure.events.ProvisioningFact.TenantAssetsDeleted;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.events.ProvisioningFact.TenantRestored;
import io.tenure.kit.outbox.Outbox;
import io.tenure.provisioning.tenant.Tenant;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Publishes that a phase of a termination is done, and publishes the same fact again if lifecycle repeats its command
 * because it never got it. In the caller's transaction, which holds the tenant's lock.
 */
@ApplicationScoped
class ClosingFacts {

    private final Outbox outbox;
    private final ObjectMapper mapper;

    ClosingFacts(Outbox outbox, ObjectMapper mapper) {
        this.outbox = outbox;
        this.mapper = mapper;
    }

    Uni<Void> tell(Tenant tenant, ProvisioningFact fact) {
        try {
            tenant.closed(mapper.writeValueAsString(fact));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("A fact cannot be written", impossible);
        }
        return append(tenant, fact);
    }

    Uni<Void> tellAgain(Tenant tenant) {
        Class<? extends ProvisioningFact> type =
                switch (tenant.status()) {
                    case DISABLED -> TenantDisabled.class;
                    case ACTIVE -> TenantRestored.class;
                    case DELETED -> TenantAssetsDeleted.class;
                    case DISABLING, RESTORING, DELETING ->
                        throw new IllegalStateException("No phase of the termination has ended");
                };
        try {
            return append(tenant, mapper.readValue(tenant.closing(), type));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("A fact cannot be read", impossible);
        }
    }

    private Uni<Void> append(Tenant tenant, ProvisioningFact fact) {
        return outbox.append(tenant.id(), Tenant.path(tenant.id()), tenant.terminationId(), fact)
                .replaceWithVoid();
    }
}

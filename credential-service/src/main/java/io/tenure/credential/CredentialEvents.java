package io.tenure.credential;

import io.smallrye.mutiny.Uni;
import io.tenure.credential.credential.Credentials;
import io.tenure.credential.identity.TenantLife;
import io.tenure.events.CredentialFact.Target;
import io.tenure.events.Event;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.LifecycleFact.RestorationStarted;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.events.ProvisioningFact.TenantCreated;
import io.tenure.events.ProvisioningFact.VdcProvisioned;
import io.tenure.events.ProvisioningFact.VmProvisioned;
import io.tenure.kit.inbox.Effect;
import io.tenure.kit.inbox.Inbox;
import jakarta.enterprise.context.ApplicationScoped;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** The facts of other services that concern credentials and identities. */
@ApplicationScoped
public class CredentialEvents {

    private final Inbox inbox;
    private final Credentials credentials;
    private final TenantLife tenants;

    CredentialEvents(Inbox inbox, Credentials credentials, TenantLife tenants) {
        this.inbox = inbox;
        this.credentials = credentials;
        this.tenants = tenants;
    }

    @Incoming("provisioning")
    @Incoming("lifecycle")
    public Uni<Void> on(ConsumerRecord<String, byte[]> record) {
        return inbox.receive(record, this::effect);
    }

    private Effect effect(Event event) {
        return switch (event.fact()) {
            case TenantCreated fact -> () -> tenants.created(event.tenantId());
            case VmProvisioned fact -> () -> credentials.issueInitial(event.tenantId(), Target.VM, fact.vmId());
            case VdcProvisioned fact -> () -> credentials.issueInitial(event.tenantId(), Target.VDC, fact.vdcId());
            case TerminationRequested fact -> () -> tenants.revoke(event.tenantId(), fact.terminationId());
            case RestorationStarted fact -> () -> tenants.restore(event.tenantId(), fact.terminationId());
            case DeletionStarted fact -> () -> tenants.destroy(event.tenantId(), fact.terminationId());
            default -> Effect.NONE;
        };
    }
}

package io.tenure.credential;

import io.smallrye.mutiny.Uni;
import io.tenure.credential.temporary.Credentials;
import io.tenure.credential.termination.AccessCascade;
import io.tenure.events.CredentialFact.Target;
import io.tenure.events.Event;
import io.tenure.events.LifecycleFact.CommandRepeated;
import io.tenure.events.LifecycleFact.DeletionCertificateIssued;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.LifecycleFact.RestorationStarted;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.events.ProvisioningFact.TenantCreated;
import io.tenure.events.ProvisioningFact.VdcProvisioned;
import io.tenure.events.ProvisioningFact.VmProvisioned;
import io.tenure.kit.confirmation.DeletionConfirmation;
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
    private final AccessCascade cascade;
    private final DeletionConfirmation confirmation;

    CredentialEvents(Inbox inbox, Credentials credentials, AccessCascade cascade, DeletionConfirmation confirmation) {
        this.inbox = inbox;
        this.credentials = credentials;
        this.cascade = cascade;
        this.confirmation = confirmation;
    }

    @Incoming("provisioning")
    @Incoming("lifecycle")
    public Uni<Void> on(ConsumerRecord<String, byte[]> record) {
        return inbox.receive(record, event -> effect(record, event));
    }

    private Effect effect(ConsumerRecord<String, byte[]> record, Event event) {
        return switch (event.fact()) {
            case TenantCreated fact -> () -> cascade.created(event.tenantId());
            case VmProvisioned fact ->
                () -> credentials
                        .first(event.tenantId(), Target.VM, fact.vmId())
                        .replaceWithVoid();
            case VdcProvisioned fact ->
                () -> credentials
                        .first(event.tenantId(), Target.VDC, fact.vdcId())
                        .replaceWithVoid();
            case TerminationRequested fact -> () -> cascade.restrict(event.tenantId(), fact.terminationId());
            case RestorationStarted fact -> () -> cascade.restore(event.tenantId(), fact.terminationId());
            // Cannot be undone, so a message on Kafka is not enough: lifecycle is asked first.
            case DeletionStarted fact -> () -> confirmation.demand(record, event, fact.terminationId());
            case DeletionCertificateIssued fact -> () -> cascade.certified(event.tenantId(), fact.terminationId());
            case CommandRepeated fact ->
                () -> cascade.repeated(
                        event.tenantId(), fact, () -> confirmation.demand(record, event, fact.terminationId()));
            default -> Effect.NONE;
        };
    }
}

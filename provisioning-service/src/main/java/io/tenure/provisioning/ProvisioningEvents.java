package io.tenure.provisioning;

import io.smallrye.mutiny.Uni;
import io.tenure.events.CredentialFact.TenantAccessRestored;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.events.Event;
import io.tenure.events.LifecycleFact.CommandRepeated;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.LifecycleFact.LegalHoldReleased;
import io.tenure.events.LifecycleFact.LegalHoldSet;
import io.tenure.events.LifecycleFact.LossAttested;
import io.tenure.events.LifecycleFact.RestorationStarted;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.events.NotificationFact.NoticeDelivered;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.kit.access.TenantRestrictions;
import io.tenure.kit.confirmation.DeletionConfirmation;
import io.tenure.kit.inbox.Effect;
import io.tenure.kit.inbox.Inbox;
import io.tenure.provisioning.tenant.Contacts;
import io.tenure.provisioning.termination.Attestations;
import io.tenure.provisioning.termination.HeldDeletion;
import io.tenure.provisioning.termination.TerminationCascade;
import jakarta.enterprise.context.ApplicationScoped;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** The facts of other services that concern tenants and their assets. */
@ApplicationScoped
public class ProvisioningEvents {

    private final Inbox inbox;
    private final TerminationCascade cascade;
    private final DeletionConfirmation confirmation;
    private final Attestations attestations;
    private final HeldDeletion holds;
    private final Contacts contacts;
    private final TenantRestrictions restrictions;

    ProvisioningEvents(
            Inbox inbox,
            TerminationCascade cascade,
            DeletionConfirmation confirmation,
            Attestations attestations,
            HeldDeletion holds,
            Contacts contacts,
            TenantRestrictions restrictions) {
        this.inbox = inbox;
        this.cascade = cascade;
        this.confirmation = confirmation;
        this.attestations = attestations;
        this.holds = holds;
        this.contacts = contacts;
        this.restrictions = restrictions;
    }

    @Incoming("lifecycle")
    @Incoming("credential")
    @Incoming("notification")
    public Uni<Void> on(ConsumerRecord<String, byte[]> record) {
        return inbox.receive(record, event -> effect(record, event));
    }

    private Effect effect(ConsumerRecord<String, byte[]> record, Event event) {
        return switch (event.fact()) {
            case TerminationRequested fact -> () -> cascade.disable(event.tenantId(), fact.terminationId());
            case RestorationStarted fact -> () -> cascade.restore(event.tenantId(), fact.terminationId());
            // Cannot be undone, so a message on Kafka is not enough: lifecycle is asked first.
            case DeletionStarted fact -> () -> confirmation.demand(record, event, fact.terminationId());
            case CommandRepeated fact ->
                () -> cascade.repeated(
                        event.tenantId(), fact, () -> confirmation.demand(record, event, fact.terminationId()));
            case LegalHoldSet fact -> () -> holds.set(event.tenantId(), fact);
            case LegalHoldReleased fact -> () -> holds.released(event.tenantId(), fact);
            case LossAttested fact -> () -> attestations.lost(event.tenantId(), fact);
            case NoticeDelivered fact
            when fact.kind() == NoticeKind.DELETION_CERTIFICATE ->
                () -> contacts.certificateDelivered(event.tenantId(), fact.terminationId());
            case TenantAccessRestricted fact -> () -> restrictions.note(event.tenantId(), fact);
            case TenantAccessRestored fact -> () -> restrictions.note(event.tenantId(), fact);
            default -> Effect.NONE;
        };
    }
}

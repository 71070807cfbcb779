package io.tenure.notification;

import io.smallrye.mutiny.Uni;
import io.tenure.events.CredentialFact.CredentialHandedOver;
import io.tenure.events.CredentialFact.CredentialIssued;
import io.tenure.events.CredentialFact.CredentialRevoked;
import io.tenure.events.CredentialFact.TenantAccessRestored;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.events.Event;
import io.tenure.events.LifecycleFact.DeletionCertificateIssued;
import io.tenure.events.LifecycleFact.RestorationStarted;
import io.tenure.events.LifecycleFact.RetentionRescheduled;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.LifecycleFact.TerminationCancelled;
import io.tenure.kit.access.TenantRestrictions;
import io.tenure.kit.inbox.Effect;
import io.tenure.kit.inbox.Inbox;
import io.tenure.notification.notice.Notices;
import jakarta.enterprise.context.ApplicationScoped;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Turns facts of the other services into notices, and withdraws notices that later facts made obsolete. */
@ApplicationScoped
public class NotificationEvents {

    private final Inbox inbox;
    private final Notices notices;
    private final TenantRestrictions restrictions;

    NotificationEvents(Inbox inbox, Notices notices, TenantRestrictions restrictions) {
        this.inbox = inbox;
        this.notices = notices;
        this.restrictions = restrictions;
    }

    @Incoming("credential")
    @Incoming("lifecycle")
    Uni<Void> on(ConsumerRecord<String, byte[]> record) {
        return inbox.receive(record, this::effect);
    }

    private Effect effect(Event event) {
        return switch (event.fact()) {
            case CredentialIssued fact -> () -> notices.issued(event.tenantId(), fact);
            // A credential that was shown or is void needs no link any more.
            case CredentialHandedOver fact -> () -> notices.withdrawCredential(fact.credentialId());
            case CredentialRevoked fact -> () -> notices.withdrawCredential(fact.credentialId());
            case RetentionStarted fact -> () -> notices.retained(event.tenantId(), fact);
            case RetentionRescheduled fact -> () -> notices.rescheduled(event.tenantId(), fact);
            // Once the restoration starts, nothing will be deleted, so a warning would be wrong.
            case RestorationStarted fact -> () -> notices.withdrawTermination(fact.terminationId());
            case TerminationCancelled fact -> () -> notices.withdrawTermination(fact.terminationId());
            case DeletionCertificateIssued fact -> () -> notices.certified(event.tenantId(), fact);
            case TenantAccessRestricted fact -> () -> restrictions.note(event.tenantId(), fact);
            case TenantAccessRestored fact -> () -> restrictions.note(event.tenantId(), fact);
            default -> Effect.NONE;
        };
    }
}

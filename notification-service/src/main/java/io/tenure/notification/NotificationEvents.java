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
import io.tenure.notification.notice.Notice;
import io.tenure.notification.notice.Notices;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Turns facts of the other services into notices, and withdraws notices that later facts made obsolete. */
@ApplicationScoped
public class NotificationEvents {

    private final Inbox inbox;
    private final Notices notices;
    private final TenantRestrictions restrictions;
    private final Clock clock;

    NotificationEvents(Inbox inbox, Notices notices, TenantRestrictions restrictions, Clock clock) {
        this.inbox = inbox;
        this.notices = notices;
        this.restrictions = restrictions;
        this.clock = clock;
    }

    @Incoming("credential")
    @Incoming("lifecycle")
    Uni<Void> on(ConsumerRecord<String, byte[]> record) {
        return inbox.receive(record, this::effect);
    }

    private Effect effect(Event event) {
        return switch (event.fact()) {
            case CredentialIssued issued ->
                () -> notices.plan(List.of(Notice.credentialReady(event.tenantId(), issued, clock.instant())));
            // A credential that was shown or is void needs no link any more.
            case CredentialHandedOver handedOver -> () -> notices.withdrawCredential(handedOver.credentialId());
            case CredentialRevoked revoked -> () -> notices.withdrawCredential(revoked.credentialId());
            case RetentionStarted started ->
                () -> notices.schedule(
                        started.terminationId(),
                        Notice.FIRST_SCHEDULE,
                        Notice.retention(event.tenantId(), started, clock.instant()));
            case RetentionRescheduled rescheduled ->
                () -> notices.schedule(
                        rescheduled.terminationId(),
                        rescheduled.version(),
                        Notice.rescheduled(event.tenantId(), rescheduled, clock.instant()));
            // Once the restoration starts, nothing will be deleted, so a warning would be wrong.
            case RestorationStarted restoring -> () -> notices.withdrawTermination(restoring.terminationId());
            case TerminationCancelled cancelled -> () -> notices.withdrawTermination(cancelled.terminationId());
            case DeletionCertificateIssued issued ->
                () -> notices.plan(List.of(Notice.deletionCertificate(event.tenantId(), issued, clock.instant())));
            case TenantAccessRestricted restricted -> () -> restrictions.note(event.tenantId(), restricted);
            case TenantAccessRestored restored -> () -> restrictions.note(event.tenantId(), restored);
            default -> Effect.NONE;
        };
    }
}

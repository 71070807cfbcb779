package io.tenure.lifecycle;

import static io.tenure.events.LifecycleFact.Command.DELETE;
import static io.tenure.events.LifecycleFact.Command.DISABLE;
import static io.tenure.events.LifecycleFact.Command.RESTORE;
import static io.tenure.lifecycle.obligation.Obligations.CREDENTIAL;
import static io.tenure.lifecycle.obligation.Obligations.PROVISIONING;

import io.smallrye.mutiny.Uni;
import io.tenure.events.CredentialFact.CredentialRevoked;
import io.tenure.events.CredentialFact.TenantAccessRestored;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.events.CredentialFact.TenantKeysDestroyed;
import io.tenure.events.Event;
import io.tenure.events.NotificationFact.NoticeAccepted;
import io.tenure.events.NotificationFact.NoticeDelivered;
import io.tenure.events.NotificationFact.NoticeFailed;
import io.tenure.events.ProvisioningFact.AssetActionBlocked;
import io.tenure.events.ProvisioningFact.AssetDisabled;
import io.tenure.events.ProvisioningFact.AssetRestored;
import io.tenure.events.ProvisioningFact.AssetSanitized;
import io.tenure.events.ProvisioningFact.MediumDisabled;
import io.tenure.events.ProvisioningFact.MediumSanitized;
import io.tenure.events.ProvisioningFact.TenantAssetsDeleted;
import io.tenure.events.ProvisioningFact.TenantCreated;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.events.ProvisioningFact.TenantRestored;
import io.tenure.kit.access.TenantRestrictions;
import io.tenure.kit.inbox.Effect;
import io.tenure.kit.inbox.Inbox;
import io.tenure.lifecycle.cascade.Cascade;
import io.tenure.lifecycle.tenant.KnownTenants;
import io.tenure.lifecycle.termination.Arrival;
import jakarta.enterprise.context.ApplicationScoped;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Passes the other services' facts to the terminations that they are about. It only says which fact goes where. */
@ApplicationScoped
public class LifecycleEvents {

    private final Inbox inbox;
    private final KnownTenants tenants;
    private final TenantRestrictions restrictions;
    private final Cascade cascade;

    LifecycleEvents(Inbox inbox, KnownTenants tenants, TenantRestrictions restrictions, Cascade cascade) {
        this.inbox = inbox;
        this.tenants = tenants;
        this.restrictions = restrictions;
        this.cascade = cascade;
    }

    @Incoming("provisioning")
    @Incoming("credential")
    @Incoming("notification")
    Uni<Void> on(ConsumerRecord<String, byte[]> record) {
        return inbox.receive(record, event -> effect(new Arrival(event, record.value())));
    }

    private Effect effect(Arrival arrival) {
        Event event = arrival.event();
        return switch (event.fact()) {
            case TenantCreated fact -> () -> tenants.created(fact.tenantId(), event.time());

            case MediumDisabled fact -> () -> cascade.disabled(arrival, fact);
            case AssetDisabled fact -> () -> cascade.disabled(arrival, fact);
            case TenantDisabled fact -> () -> cascade.disabled(arrival, fact);
            case CredentialRevoked fact
            when fact.terminationId() != null ->
                () -> cascade.progressed(arrival, fact.terminationId(), DISABLE, fact.credentialId())
                        .replaceWithVoid();
            case TenantAccessRestricted fact ->
                () -> restrictions
                        .note(event.tenantId(), fact)
                        .chain(() -> cascade.done(arrival, fact.terminationId(), DISABLE, CREDENTIAL));

            case AssetRestored fact ->
                () -> cascade.assetDone(arrival, fact.terminationId(), RESTORE, fact.assetId())
                        .replaceWithVoid();
            case TenantRestored fact -> () -> cascade.done(arrival, fact.terminationId(), RESTORE, PROVISIONING);
            case TenantAccessRestored fact ->
                () -> restrictions
                        .note(event.tenantId(), fact)
                        .chain(() -> cascade.done(arrival, fact.terminationId(), RESTORE, CREDENTIAL));

            case MediumSanitized fact ->
                () -> cascade.progressed(arrival, fact.terminationId(), DELETE, fact.assetId())
                        .replaceWithVoid();
            case AssetSanitized fact -> () -> cascade.sanitized(arrival, fact);
            case TenantAssetsDeleted fact -> () -> cascade.done(arrival, fact.terminationId(), DELETE, PROVISIONING);
            case TenantKeysDestroyed fact -> () -> cascade.done(arrival, fact.terminationId(), DELETE, CREDENTIAL);

            case NoticeAccepted fact when fact.terminationId() != null -> () -> cascade.accepted(arrival, fact);
            case NoticeDelivered fact when fact.terminationId() != null -> () -> cascade.delivered(arrival, fact);
            case NoticeFailed fact when fact.terminationId() != null -> () -> cascade.failed(arrival, fact);
            case AssetActionBlocked fact when fact.terminationId() != null -> () -> cascade.blocked(arrival, fact);
            default -> Effect.NONE;
        };
    }
}

package io.tenure.lifecycle;

import io.smallrye.mutiny.Uni;
import io.tenure.events.CredentialFact.CredentialRevoked;
import io.tenure.events.CredentialFact.TenantAccessRestored;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.events.CredentialFact.TenantKeysDestroyed;
import io.tenure.events.Event;
import io.tenure.events.Fact;
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
import io.tenure.lifecycle.cancellation.Cancellation;
import io.tenure.lifecycle.certificate.Certificates;
import io.tenure.lifecycle.manifest.Manifests;
import io.tenure.lifecycle.retention.Retention;
import io.tenure.lifecycle.tenant.Tenants;
import io.tenure.lifecycle.termination.Arrival;
import io.tenure.lifecycle.termination.Blockers;
import io.tenure.lifecycle.termination.Evidence;
import io.tenure.lifecycle.termination.Termination;
import io.tenure.lifecycle.termination.Terminations;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/**
 * Takes the other services' facts into the terminations that they are about. What a fact may do is decided by
 * {@link Termination}; here stands only which fact is which.
 */
@ApplicationScoped
public class LifecycleEvents {

    private static final String PROVISIONING = "provisioning";

    private final Inbox inbox;
    private final Tenants tenants;
    private final Terminations terminations;
    private final Evidence evidence;
    private final Manifests manifests;
    private final Blockers blockers;
    private final Retention retention;
    private final Cancellation cancellation;
    private final Certificates certificates;
    private final TenantRestrictions restrictions;

    LifecycleEvents(
            Inbox inbox,
            Tenants tenants,
            Terminations terminations,
            Evidence evidence,
            Manifests manifests,
            Blockers blockers,
            Retention retention,
            Cancellation cancellation,
            Certificates certificates,
            TenantRestrictions restrictions) {
        this.inbox = inbox;
        this.tenants = tenants;
        this.terminations = terminations;
        this.evidence = evidence;
        this.manifests = manifests;
        this.blockers = blockers;
        this.retention = retention;
        this.cancellation = cancellation;
        this.certificates = certificates;
        this.restrictions = restrictions;
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

            case MediumDisabled fact ->
                () -> collected(arrival, fact.terminationId(), fact.assetId(), () -> manifests.add(fact));
            case AssetDisabled fact ->
                () -> collected(arrival, fact.terminationId(), fact.assetId(), () -> manifests.add(fact));
            case TenantDisabled fact ->
                () -> terminations
                        .concernedBy(arrival, fact.terminationId())
                        .call(termination -> termination.isManifestOpen()
                                ? manifests.mustBeComplete(fact)
                                : Uni.createFrom().voidItem())
                        .chain(() -> disablement(
                                arrival,
                                fact.terminationId(),
                                null,
                                one -> one.assetsDisabled(event.time(), fact.media(), fact.manifestDigest())));
            case CredentialRevoked fact
            when fact.terminationId() != null ->
                () -> disablement(
                        arrival, fact.terminationId(), fact.credentialId(), Termination::disablementProgressed);
            case TenantAccessRestricted fact ->
                () -> restrictions
                        .note(event.tenantId(), fact)
                        .chain(() -> disablement(
                                arrival, fact.terminationId(), null, one -> one.accessRevoked(event.time())));

            case AssetRestored fact ->
                () -> restoration(arrival, fact.terminationId(), fact.assetId(), Termination::restorationProgressed);
            case TenantRestored fact ->
                () -> restoration(arrival, fact.terminationId(), null, one -> one.assetsRestored(event.time()));
            case TenantAccessRestored fact ->
                () -> restrictions
                        .note(event.tenantId(), fact)
                        .chain(() -> restoration(
                                arrival, fact.terminationId(), null, one -> one.accessRestored(event.time())));

            case MediumSanitized fact ->
                () -> deletion(arrival, fact.terminationId(), fact.assetId(), Termination::deletionProgressed);
            case AssetSanitized fact ->
                () -> evidence.disksOf(fact)
                        .chain(disks -> manifests.account(fact, disks))
                        .chain(() -> deletion(
                                arrival, fact.terminationId(), fact.assetId(), Termination::deletionProgressed));
            case TenantAssetsDeleted fact ->
                () -> deletion(arrival, fact.terminationId(), null, one -> one.assetsDeleted(event.time()));
            case TenantKeysDestroyed fact ->
                () -> deletion(arrival, fact.terminationId(), null, one -> one.keysDestroyed(event.time()));

            case NoticeDelivered fact when fact.terminationId() != null -> () -> delivered(arrival, fact);
            case NoticeFailed fact when fact.terminationId() != null -> () -> failed(arrival, fact);
            case AssetActionBlocked fact when fact.terminationId() != null -> () -> blocked(arrival, fact);
            default -> Effect.NONE;
        };
    }

    private Uni<Void> collected(Arrival arrival, UUID id, UUID assetId, Supplier<Uni<Void>> kept) {
        return take(arrival, id, assetId, Termination::disablementProgressed)
                .flatMap(termination -> termination.isManifestOpen()
                        ? kept.get()
                        : Uni.createFrom().voidItem());
    }

    private Uni<Void> disablement(Arrival arrival, UUID id, UUID resourceId, Predicate<Termination> transition) {
        return take(arrival, id, resourceId, transition).flatMap(retention::startIfShut);
    }

    private Uni<Void> restoration(Arrival arrival, UUID id, UUID resourceId, Predicate<Termination> transition) {
        return take(arrival, id, resourceId, transition).flatMap(cancellation::closeIfRestored);
    }

    private Uni<Void> deletion(Arrival arrival, UUID id, UUID resourceId, Predicate<Termination> transition) {
        return take(arrival, id, resourceId, transition).flatMap(certificates::issueIfGone);
    }

    private Uni<Void> delivered(Arrival arrival, NoticeDelivered fact) {
        return switch (fact.kind()) {
            case RETENTION_STARTED, RETENTION_WARNING ->
                take(arrival, fact.terminationId(), fact.noticeId(), Termination::noticed)
                        .flatMap(termination -> retention.noticeDelivered(
                                termination,
                                fact.kind(),
                                fact.sequence(),
                                arrival.event().time()));
            case DELETION_CERTIFICATE ->
                take(arrival, fact.terminationId(), fact.noticeId(), Termination::certificateNoticed)
                        .replaceWithVoid();
            case CREDENTIAL_READY -> Uni.createFrom().voidItem();
        };
    }

    private Uni<Termination> take(Arrival arrival, UUID id, UUID resourceId, Predicate<Termination> transition) {
        return terminations
                .take(arrival, id, resourceId, transition)
                .call(termination -> resolve(termination, arrival));
    }

    private Uni<Void> resolve(Termination termination, Arrival arrival) {
        return switch (arrival.event().fact()) {
            case AssetDisabled fact -> blockers.resolveAsset(termination.id(), fact.assetId());
            case AssetRestored fact -> blockers.resolveAsset(termination.id(), fact.assetId());
            case AssetSanitized fact -> blockers.resolveAsset(termination.id(), fact.assetId());
            case TenantDisabled fact -> blockers.resolveAllOf(termination.id(), PROVISIONING);
            case TenantRestored fact -> blockers.resolveAllOf(termination.id(), PROVISIONING);
            case TenantAssetsDeleted fact -> blockers.resolveAllOf(termination.id(), PROVISIONING);
            case NoticeDelivered fact -> blockers.resolve(termination.id(), matter(fact.noticeId()));
            default -> Uni.createFrom().voidItem();
        };
    }

    private Uni<Void> failed(Arrival arrival, NoticeFailed fact) {
        Predicate<Termination> transition =
                switch (fact.kind()) {
                    case RETENTION_STARTED, RETENTION_WARNING -> Termination::noticed;
                    case DELETION_CERTIFICATE -> Termination::certificateNoticed;
                    case CREDENTIAL_READY -> any -> false;
                };
        return terminations
                .concernedBy(arrival, fact.terminationId())
                .flatMap(termination -> transition.test(termination)
                        ? raiseUnless(
                                NoticeDelivered.class,
                                termination,
                                new Blockers.Raised(
                                        matter(fact.noticeId()),
                                        fact.noticeId(),
                                        arrival.event().subject(),
                                        "notification",
                                        "The "
                                                + fact.kind()
                                                        .name()
                                                        .toLowerCase(Locale.ROOT)
                                                        .replace('_', ' ') + " notice could not be delivered: "
                                                + fact.reason(),
                                        fact.attempts(),
                                        null))
                        : Uni.createFrom().voidItem());
    }

    private Uni<Void> blocked(Arrival arrival, AssetActionBlocked fact) {
        return terminations
                .concernedBy(arrival, fact.terminationId())
                .flatMap(termination -> termination.isHeldUpBy(fact.action())
                        ? raiseUnless(
                                switch (fact.action()) {
                                    case "DISABLE" -> AssetDisabled.class;
                                    case "RESTORE" -> AssetRestored.class;
                                    default -> AssetSanitized.class;
                                },
                                termination,
                                new Blockers.Raised(
                                        fact.action() + "/" + fact.assetId(),
                                        fact.assetId(),
                                        arrival.event().subject(),
                                        PROVISIONING,
                                        fact.reason(),
                                        fact.attempts(),
                                        fact.nextRetryAt()))
                        : Uni.createFrom().voidItem());
    }

    /** Raises a blocker, unless the fact that resolves it came first. */
    private Uni<Void> raiseUnless(Class<? extends Fact> resolving, Termination termination, Blockers.Raised blocker) {
        return evidence.has(termination.id(), resolving, blocker.resourceId())
                .flatMap(
                        resolved -> resolved ? Uni.createFrom().voidItem() : blockers.raise(termination.id(), blocker));
    }

    private static String matter(UUID noticeId) {
        return "NOTICE/" + noticeId;
    }
}

package io.tenure.lifecycle.cascade;

import io.smallrye.mutiny.Uni;
import io.tenure.events.LifecycleFact.Command;
import io.tenure.events.NotificationFact.NoticeAccepted;
import io.tenure.events.NotificationFact.NoticeDelivered;
import io.tenure.events.NotificationFact.NoticeFailed;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.events.ProvisioningFact.AssetActionBlocked;
import io.tenure.events.ProvisioningFact.AssetDisabled;
import io.tenure.events.ProvisioningFact.AssetRestored;
import io.tenure.events.ProvisioningFact.AssetSanitized;
import io.tenure.events.ProvisioningFact.MediumDisabled;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.lifecycle.cancellation.Cancellation;
import io.tenure.lifecycle.certificate.Certificates;
import io.tenure.lifecycle.evidence.EvidenceLog;
import io.tenure.lifecycle.manifest.Manifests;
import io.tenure.lifecycle.obligation.Blockers;
import io.tenure.lifecycle.obligation.Obligations;
import io.tenure.lifecycle.obligation.Owed;
import io.tenure.lifecycle.schedule.Schedules;
import io.tenure.lifecycle.termination.Arrival;
import io.tenure.lifecycle.termination.Termination;
import io.tenure.lifecycle.termination.Terminations;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Moves terminations on when facts of the other services arrive. A fact is stored as evidence and fulfils what its
 * service owes; a phase ends when nothing is owed any more. Methods join the caller's transaction.
 */
@ApplicationScoped
public class Cascade {

    private final Terminations terminations;
    private final Obligations obligations;
    private final Manifests manifests;
    private final EvidenceLog evidence;
    private final Blockers blockers;
    private final Schedules schedules;
    private final Cancellation cancellation;
    private final Certificates certificates;

    Cascade(
            Terminations terminations,
            Obligations obligations,
            Manifests manifests,
            EvidenceLog evidence,
            Blockers blockers,
            Schedules schedules,
            Cancellation cancellation,
            Certificates certificates) {
        this.terminations = terminations;
        this.obligations = obligations;
        this.manifests = manifests;
        this.evidence = evidence;
        this.blockers = blockers;
        this.schedules = schedules;
        this.cancellation = cancellation;
        this.certificates = certificates;
    }

    /** Part of a command is done. @param resourceId the asset or credential */
    public Uni<Termination> progressed(Arrival arrival, UUID terminationId, Command command, UUID resourceId) {
        return terminations.take(arrival, terminationId, resourceId, one -> one.progressed(command));
    }

    /** The same for an asset; its blocker is resolved. */
    public Uni<Termination> assetDone(Arrival arrival, UUID terminationId, Command command, UUID assetId) {
        return progressed(arrival, terminationId, command, assetId)
                .call(termination -> blockers.resolveAsset(terminationId, assetId));
    }

    /** A service has done everything that a command asked of it. */
    public Uni<Void> done(Arrival arrival, UUID terminationId, Command command, String participant) {
        return progressed(arrival, terminationId, command, null)
                .flatMap(termination -> fulfil(arrival, termination, command, participant));
    }

    private Uni<Void> fulfil(Arrival arrival, Termination termination, Command command, String participant) {
        return termination.command().equals(Optional.of(command))
                ? obligations
                        .fulfil(
                                termination.id(),
                                command,
                                participant,
                                arrival.event().id())
                        .call(owed -> blockers.resolveAllOf(termination.id(), participant))
                        .flatMap(owed -> goOn(termination, command, owed))
                : Uni.createFrom().voidItem();
    }

    private Uni<Void> goOn(Termination termination, Command command, Owed owed) {
        return switch (command) {
            case DISABLE -> schedules.startIfShut(termination, owed);
            case RESTORE -> cancellation.closeIfRestored(termination, owed);
            case DELETE -> certificates.issueIfGone(termination);
        };
    }

    /** A disk is disabled and joins the manifest. */
    public Uni<Void> disabled(Arrival arrival, MediumDisabled fact) {
        return progressed(arrival, fact.terminationId(), Command.DISABLE, fact.assetId())
                .flatMap(termination -> whileOpen(termination, () -> manifests.add(fact)));
    }

    /** An asset is disabled and joins the manifest. */
    public Uni<Void> disabled(Arrival arrival, AssetDisabled fact) {
        return assetDone(arrival, fact.terminationId(), Command.DISABLE, fact.assetId())
                .flatMap(termination -> whileOpen(termination, () -> manifests.add(fact)));
    }

    /** Everything is disabled; the manifest is frozen. */
    public Uni<Void> disabled(Arrival arrival, TenantDisabled fact) {
        return terminations
                .concernedBy(arrival, fact.terminationId())
                .call(termination -> whileOpen(termination, () -> manifests.mustBeComplete(fact)))
                .call(termination -> terminations.take(
                        arrival, termination, null, one -> one.freeze(fact.media(), fact.manifestDigest())))
                .flatMap(termination -> fulfil(arrival, termination, Command.DISABLE, Obligations.PROVISIONING));
    }

    private static Uni<Void> whileOpen(Termination termination, Supplier<Uni<Void>> collected) {
        return termination.isManifestOpen() ? collected.get() : Uni.createFrom().voidItem();
    }

    /** An asset is gone, with the disks that were reported before. After the end of a deletion it changes nothing. */
    public Uni<Void> sanitized(Arrival arrival, AssetSanitized fact) {
        return assetDone(arrival, fact.terminationId(), Command.DELETE, fact.assetId())
                .flatMap(termination -> termination.command().equals(Optional.of(Command.DELETE))
                        ? evidence.disksOf(fact)
                                .flatMap(disks -> manifests.account(fact, disks))
                                .chain(() -> certificates.issueIfGone(termination))
                        : Uni.createFrom().voidItem());
    }

    /** The mail server accepted a notice. */
    public Uni<Void> accepted(Arrival arrival, NoticeAccepted fact) {
        return noticed(arrival, fact.kind(), fact.terminationId(), fact.noticeId())
                .flatMap(termination -> termination.isRetained()
                        ? schedules.accepted(
                                termination, fact.schedule(), fact.kind(), fact.sequence(), fact.attempts())
                        : Uni.createFrom().voidItem());
    }

    /** A notice did not bounce, so it counts as delivered. */
    public Uni<Void> delivered(Arrival arrival, NoticeDelivered fact) {
        return noticed(arrival, fact.kind(), fact.terminationId(), fact.noticeId())
                .call(termination -> blockers.resolve(termination.id(), matter(fact.noticeId())))
                .flatMap(termination -> termination.isRetained()
                        ? schedules.delivered(
                                termination, fact.schedule(), fact.kind(), fact.sequence(), fact.attempts())
                        : Uni.createFrom().voidItem());
    }

    private Uni<Termination> noticed(Arrival arrival, NoticeKind kind, UUID terminationId, UUID noticeId) {
        return terminations.take(arrival, terminationId, noticeId, termination -> mayBeTold(termination, kind));
    }

    private static boolean mayBeTold(Termination termination, NoticeKind kind) {
        return switch (kind) {
            case RETENTION_STARTED, RETENTION_RESCHEDULED, RETENTION_EXTENDED, RETENTION_WARNING ->
                termination.noticed();
            case DELETION_CERTIFICATE -> termination.certificateNoticed();
            case CREDENTIAL_READY -> false;
        };
    }

    /** A notice was not delivered, or bounced. */
    public Uni<Void> failed(Arrival arrival, NoticeFailed fact) {
        return terminations.concernedBy(arrival, fact.terminationId()).flatMap(termination -> stillFails(
                        termination, arrival.event().time(), fact)
                .flatMap(still -> still
                        ? blockers.raise(termination.id(), List.of(unnoticed(arrival, fact)))
                        : Uni.createFrom().voidItem()));
    }

    /** A certificate may bounce after it counted as delivered; a failure from before its delivery does not matter. */
    private Uni<Boolean> stillFails(Termination termination, Instant at, NoticeFailed fact) {
        if (!mayBeTold(termination, fact.kind())) {
            return Uni.createFrom().item(false);
        }
        return isOfRetention(fact.kind())
                ? schedules.failed(termination, fact.schedule(), fact.kind(), fact.sequence(), fact.attempts())
                : evidence.hasSince(termination.id(), NoticeDelivered.class, fact.noticeId(), at)
                        .map(delivered -> !delivered);
    }

    private static Blockers.Raised unnoticed(Arrival arrival, NoticeFailed fact) {
        return new Blockers.Raised(
                matter(fact.noticeId()),
                fact.noticeId(),
                arrival.event().subject(),
                "notification",
                "The " + fact.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                        + " notice could not be delivered: " + fact.reason(),
                fact.attempts(),
                null);
    }

    /** The provisioning service failed with an asset, or with the tenant as a whole. */
    public Uni<Void> blocked(Arrival arrival, AssetActionBlocked fact) {
        return terminations.concernedBy(arrival, fact.terminationId()).flatMap(termination -> isStillBlocked(
                        termination, fact)
                .flatMap(still -> still
                        ? blockers.raise(termination.id(), List.of(failedAt(arrival, fact)))
                        : Uni.createFrom().voidItem()));
    }

    /** False if the fact that resolves it arrived first. */
    private Uni<Boolean> isStillBlocked(Termination termination, AssetActionBlocked fact) {
        if (!termination.isHeldUpBy(fact.action())) {
            return Uni.createFrom().item(false);
        }
        Command command = termination.command().orElseThrow();
        return obligations
                .owed(termination.id(), command)
                .flatMap(owed -> owed.participants().contains(Obligations.PROVISIONING)
                        ? evidence.has(
                                        termination.id(),
                                        switch (command) {
                                            case DISABLE -> AssetDisabled.class;
                                            case RESTORE -> AssetRestored.class;
                                            case DELETE -> AssetSanitized.class;
                                        },
                                        fact.assetId())
                                .map(done -> !done)
                        : Uni.createFrom().item(false));
    }

    private static Blockers.Raised failedAt(Arrival arrival, AssetActionBlocked fact) {
        return new Blockers.Raised(
                fact.action() + "/" + fact.assetId(),
                fact.assetId(),
                arrival.event().subject(),
                Obligations.PROVISIONING,
                fact.reason(),
                fact.attempts(),
                fact.nextRetryAt());
    }

    private static boolean isOfRetention(NoticeKind kind) {
        return kind != NoticeKind.DELETION_CERTIFICATE;
    }

    private static String matter(UUID noticeId) {
        return "NOTICE/" + noticeId;
    }
}

package io.tenure.lifecycle.termination;

import static io.tenure.lifecycle.termination.TerminationState.CANCELLED;
import static io.tenure.lifecycle.termination.TerminationState.DELETED;
import static io.tenure.lifecycle.termination.TerminationState.DELETING;
import static io.tenure.lifecycle.termination.TerminationState.DISABLING;
import static io.tenure.lifecycle.termination.TerminationState.REQUESTED;
import static io.tenure.lifecycle.termination.TerminationState.RESTORING;
import static io.tenure.lifecycle.termination.TerminationState.RETAINED;

import io.tenure.events.AssetAction;
import io.tenure.events.LifecycleFact.Command;
import io.tenure.events.LifecycleFact.CommandRepeated;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.LifecycleFact.RescheduleCause;
import io.tenure.events.LifecycleFact.RestorationStarted;
import io.tenure.events.LifecycleFact.RetentionRescheduled;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.LifecycleFact.TenantDeleted;
import io.tenure.events.LifecycleFact.TerminationCancelled;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.kit.problem.Refusal;
import io.tenure.lifecycle.impediment.Impediment;
import io.tenure.lifecycle.obligation.Owed;
import io.tenure.lifecycle.policy.RetentionTerms;
import io.tenure.lifecycle.policy.RetentionTerms.Extender;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The end of a tenant, from request to certified deletion (matrix rows P1.6a, P2.1 and P4.4).
 *
 * <p>Facts arrive from several topics in any order. A method that takes a fact returns whether it still counts: true if
 * the state waits for it, false if the termination is already past that state. It throws {@link Refusal} if the fact
 * can never be right, such as a deletion that was not ordered. A method that ends a phase requires that nothing of it
 * is owed any more, so each phase ends once.
 *
 * <p>A transition that others must hear of returns the fact that it makes, for the caller to publish.
 */
@Entity
public class Termination {

    /** The slug of the refusal of a deletion that an {@link Impediment} forbids; as DeletionOrders.HELD. */
    public static final String IMPEDED = "held";

    /** The slug of the refusal of a deletion before every notice is proven delivered. */
    public static final String NOTICES_MISSING = "notices-missing";

    /** The slug of the refusal of a deletion in the time that a late warning promises. */
    public static final String WARNING_TOO_LATE = "warning-too-late";

    /** A new termination, and the fact that it begins. */
    public record Beginning(Termination termination, TerminationRequested fact) {}

    @Id
    private UUID id;

    private UUID tenantId;

    @Enumerated(EnumType.STRING)
    private TerminationState state;

    private Instant requestedAt;
    private Integer manifestMedia;
    private String manifestDigest;
    private Instant retentionStartedAt;
    private Instant retentionEndsAt;
    private int scheduleVersion;
    private int noticesRequired;
    private Instant deletionStartedAt;
    private Instant deletedAt;
    private Instant restorationStartedAt;
    private Instant cancelledAt;
    private long periodMs;
    private long maximumMs;
    private long customerExtensionMs;
    private int customerExtensions;
    private String timeZone;
    private int extendedByCustomer;

    /** For the persistence provider. */
    protected Termination() {}

    private Termination(UUID id, UUID tenantId, Instant requestedAt) {
        this.id = id;
        this.tenantId = tenantId;
        this.state = REQUESTED;
        this.requestedAt = requestedAt;
    }

    /** A termination begins. @param terms of its retention, which it keeps whatever is agreed later */
    public static Beginning request(UUID id, UUID tenantId, RetentionTerms terms, Instant now) {
        Termination termination = new Termination(id, tenantId, now);
        termination.periodMs = terms.period().toMillis();
        termination.maximumMs = terms.maximum().toMillis();
        termination.customerExtensionMs = terms.customerExtension().toMillis();
        termination.customerExtensions = terms.customerExtensions();
        termination.timeZone = terms.timeZone();
        return new Beginning(termination, new TerminationRequested(id));
    }

    /**
     * A retained termination with only the fields that decide on its deletion, as a sweep reads them. Must not be
     * stored as an entity.
     */
    public static Termination retained(
            UUID id,
            UUID tenantId,
            String manifestDigest,
            Instant retentionEndsAt,
            int scheduleVersion,
            int noticesRequired) {
        Termination termination = new Termination(id, tenantId, null);
        termination.state = RETAINED;
        termination.manifestDigest = manifestDigest;
        termination.retentionEndsAt = retentionEndsAt;
        termination.scheduleVersion = scheduleVersion;
        termination.noticesRequired = noticesRequired;
        return termination;
    }

    /** The command that other services must carry out now; empty during the retention and after the end. */
    public Optional<Command> command() {
        return switch (state) {
            case REQUESTED, DISABLING -> Optional.of(Command.DISABLE);
            case DELETING -> Optional.of(Command.DELETE);
            case RESTORING -> Optional.of(Command.RESTORE);
            case RETAINED, DELETED, CANCELLED -> Optional.empty();
        };
    }

    /**
     * Part of a command is done.
     *
     * @return false if that is late
     * @throws Refusal if the command was never given
     */
    public boolean progressed(Command command) {
        return switch (command) {
            case DISABLE -> disablementProgressed();
            case RESTORE -> restorationProgressed();
            case DELETE -> deletionProgressed();
        };
    }

    private boolean disablementProgressed() {
        return switch (state) {
            case REQUESTED -> {
                state = DISABLING;
                yield true;
            }
            case DISABLING -> true;
            case RETAINED, DELETING, DELETED, RESTORING, CANCELLED -> false;
        };
    }

    private boolean deletionProgressed() {
        return switch (state) {
            case DELETING -> true;
            case DELETED -> false;
            case REQUESTED, DISABLING, RETAINED, RESTORING, CANCELLED ->
                throw new Refusal("deletion-not-started", "Nothing may be deleted: no deletion was started.");
        };
    }

    private boolean restorationProgressed() {
        return switch (state) {
            case RESTORING -> true;
            case CANCELLED -> false;
            case REQUESTED, DISABLING, RETAINED, DELETING, DELETED ->
                throw new Refusal("not-cancelled", "Nothing may be restored: the termination was not cancelled.");
        };
    }

    /**
     * The present command is issued again, because it or its answer may be lost.
     *
     * @return empty if other services have nothing to do now
     */
    public Optional<CommandRepeated> repeat() {
        return command()
                .map(command -> new CommandRepeated(id, command, command == Command.DELETE ? manifestDigest : null));
    }

    /**
     * Every asset is disabled: the manifest is frozen. Repeating it with the same manifest changes nothing.
     *
     * @param media how many disks it has
     * @param digest {@link io.tenure.events.MediaDigest#ofManifest} of them
     * @return false if that is late
     * @throws Refusal if another manifest was frozen before
     */
    public boolean freeze(int media, String digest) {
        boolean open = isManifestOpen();
        if (!progressed(Command.DISABLE)) {
            return false;
        }
        demand(open || digest.equals(manifestDigest), "manifest-frozen", "A different manifest is already frozen.");
        manifestMedia = media;
        manifestDigest = digest;
        return true;
    }

    /** Whether what is disabled now still joins the manifest. */
    public boolean isManifestOpen() {
        return command().equals(Optional.of(Command.DISABLE)) && manifestDigest == null;
    }

    /** Whether assets and access are both disabled and the retention must start. */
    public boolean awaitsRetention(Owed owed) {
        return state == DISABLING && manifestDigest != null && owed.isNothing();
    }

    /** An instant of the database, but not before the request, which goes by a replica's clock. */
    public Instant notBeforeRequest(Instant now) {
        return later(now, requestedAt);
    }

    /**
     * Everything is disabled; the retention starts.
     *
     * @param owed what the phase still waits for
     * @param startedAt by the database's clock, not before the request
     * @param warnings when the customer is to be warned, ascending
     * @param noticesRequired how many notices must be proven delivered before the deletion may start, at least one
     * @throws Refusal unless everything is disabled
     */
    public RetentionStarted startRetention(
            Owed owed, Instant startedAt, Instant endsAt, List<Instant> warnings, int noticesRequired) {
        if (!endsAt.isAfter(startedAt) || noticesRequired < 1) {
            throw new IllegalArgumentException("A retention needs a positive length and at least one notice");
        }
        demand(awaitsRetention(owed), "not-disabled", "The retention starts once assets and access are both disabled.");
        state = RETAINED;
        this.scheduleVersion = 1;
        this.retentionStartedAt = startedAt;
        this.retentionEndsAt = endsAt;
        this.noticesRequired = noticesRequired;
        return new RetentionStarted(id, startedAt, endsAt, warnings, timeZone);
    }

    /**
     * The retention ends later, because the customer could not be warned in time.
     *
     * @param version the next version of the schedule
     * @param warnings the warnings still to come
     * @param noticesRequired as for {@link #startRetention}; only notices of this version count
     * @throws Refusal outside a retention, and if that would shorten it
     */
    public RetentionRescheduled reschedule(int version, Instant endsAt, List<Instant> warnings, int noticesRequired) {
        demand(state == RETAINED, "not-retained", "Only a running retention can be rescheduled.");
        return reschedule(version, endsAt, warnings, noticesRequired, RescheduleCause.LATE_WARNING);
    }

    private RetentionRescheduled reschedule(
            int version, Instant endsAt, List<Instant> warnings, int noticesRequired, RescheduleCause cause) {
        demand(version == scheduleVersion + 1, "not-the-next-version", "The schedule already has another version.");
        demand(endsAt.isAfter(retentionEndsAt), "retention-shortened", "A retention can only become longer.");
        this.scheduleVersion = version;
        this.retentionEndsAt = endsAt;
        this.noticesRequired = noticesRequired;
        return new RetentionRescheduled(id, version, endsAt, warnings, cause, timeZone);
    }

    /**
     * The retention ends later, because somebody wants that. Otherwise as {@link #reschedule}.
     *
     * @param floor the shortest retention that is allowed at all
     * @throws Refusal outside a retention, and for what its terms do not allow
     */
    public RetentionRescheduled extend(
            Extender by,
            Duration floor,
            Instant now,
            int version,
            Instant endsAt,
            List<Instant> warnings,
            int noticesRequired) {
        mustAllowExtension(by, floor, endsAt, now);
        if (by == Extender.CUSTOMER) {
            extendedByCustomer++;
        }
        return reschedule(
                version,
                endsAt,
                warnings,
                noticesRequired,
                switch (by) {
                    case PROVIDER -> RescheduleCause.EXTENDED_BY_PROVIDER;
                    case CUSTOMER -> RescheduleCause.EXTENDED_BY_CUSTOMER;
                });
    }

    private void mustAllowExtension(Extender by, Duration floor, Instant endsAt, Instant now) {
        demand(
                state == RETAINED,
                "not-retained",
                "The termination is " + state + ": only a running retention can be extended.");
        terms().mustAllow(by, floor, retentionStartedAt, retentionEndsAt, endsAt, extendedByCustomer, now);
    }

    /** A notice of the retention was delivered, or could not be. @return false if that is late */
    public boolean noticed() {
        demand(retentionEndsAt != null, "no-retention", "There cannot be a notice of a retention that never started.");
        return state == RETAINED;
    }

    public boolean isRetained() {
        return state == RETAINED;
    }

    /** Whether the retention is over at this instant. Does not check the other conditions of a deletion. */
    public boolean isRetentionOver(Instant now) {
        return state == RETAINED && !now.isBefore(retentionEndsAt);
    }

    /** Whether so many delivered notices are all that the present schedule requires. */
    public boolean isProvenBy(int noticesDelivered) {
        return noticesDelivered >= noticesRequired;
    }

    /**
     * The one place where a deletion is allowed (rows P2.1 and P4.4): the retention is over, the start notice and all
     * warnings are proven delivered, and after each warning the customer has had the time that it promised.
     *
     * @param noticesDelivered how many different notices of the retention are proven delivered
     * @param warnedUntil until when the latest warning promises to wait; the retention's end if all arrived in time
     * @param impediments what forbids deletions of this termination now
     * @throws Refusal if any condition is missing; its slug says which
     */
    public DeletionStarted startDeletion(
            Instant now, int noticesDelivered, Instant warnedUntil, List<Impediment> impediments) {
        demand(state == RETAINED, "not-retained", "A deletion follows a retention.");
        demand(isRetentionOver(now), "retention-not-over", "The retention is not over.");
        refuseFor(impediments.stream().filter(Impediment::forbidsStart));
        demand(isProvenBy(noticesDelivered), NOTICES_MISSING, "Not all notices to the customer are proven delivered.");
        demand(
                !now.isBefore(warnedUntil),
                WARNING_TOO_LATE,
                "A warning came late: the customer has the time that it promises, until " + warnedUntil + ".");
        state = DELETING;
        deletionStartedAt = now;
        return new DeletionStarted(id, manifestDigest);
    }

    /**
     * Everything is gone and certified.
     *
     * @param owed what the phase still waits for
     * @param unaccounted how many assets of the manifest are neither gone nor attested lost, or have such a disk; must
     *     be 0
     * @param impediments what forbids deletions of this termination now; must be none
     * @throws Refusal unless all of that is proven
     */
    public TenantDeleted complete(Owed owed, int unaccounted, List<Impediment> impediments) {
        demand(state == DELETING && owed.isNothing(), "deletion-incomplete", "Assets and keys are not both gone.");
        demand(unaccounted == 0, "manifest-unaccounted", "The manifest is not accounted for disk by disk.");
        refuseFor(impediments.stream());
        state = DELETED;
        deletedAt = later(owed.at(), deletionStartedAt);
        return new TenantDeleted(id);
    }

    /** The certificate was delivered, or could not be. @return true: that is never late */
    public boolean certificateNoticed() {
        demand(state == DELETED, "no-certificate", "There is no certificate that could have been delivered.");
        return true;
    }

    /**
     * Cancels the termination.
     *
     * @return empty if it was cancelled before
     * @throws Refusal once the deletion has started
     */
    public Optional<RestorationStarted> cancel(Instant now) {
        return switch (state) {
            case REQUESTED, DISABLING, RETAINED -> {
                state = RESTORING;
                restorationStartedAt = later(now, requestedAt);
                yield Optional.of(new RestorationStarted(id));
            }
            case RESTORING, CANCELLED -> Optional.empty();
            case DELETING, DELETED ->
                throw new Refusal("deletion-started", "The deletion has started and cannot be cancelled.");
        };
    }

    /**
     * Everything is restored.
     *
     * @param owed what the phase still waits for
     * @throws Refusal unless it is nothing
     */
    public TerminationCancelled close(Owed owed) {
        demand(state == RESTORING && owed.isNothing(), "not-restored", "Assets and access are not both restored.");
        state = CANCELLED;
        cancelledAt = later(owed.at(), restorationStartedAt);
        return new TerminationCancelled(id);
    }

    /** The API's path of this termination. */
    public String path() {
        return "/v1/terminations/" + id;
    }

    /** Whether a failure of the provisioning service at this action still holds the termination up. */
    public boolean isHeldUpBy(AssetAction action) {
        return switch (action) {
            case DISABLE -> command().equals(Optional.of(Command.DISABLE));
            case RESTORE -> command().equals(Optional.of(Command.RESTORE));
            case SANITIZE, CONFIRM -> command().equals(Optional.of(Command.DELETE));
            case INVENTORY -> command().isPresent();
            case PROVISION -> false;
        };
    }

    /**
     * Refuses a loss that the termination does not wait for now.
     *
     * @param disk true for a disk, false for a whole asset
     */
    public void mustMiss(boolean disk) {
        demand(
                command().isPresent(),
                "nothing-waits-for-it",
                "The termination is " + state + ": it does not wait for anything, so a loss changes nothing.");
        demand(
                !disk || state == DELETING,
                "manifest-open",
                "The termination is " + state
                        + ": a lost disk matters only during a deletion. Attest the loss of the whole asset instead.");
    }

    /**
     * Refuses unless the deletion was ordered, which is final, and nothing forbids to go on with it now; other services
     * ask for that before they delete.
     *
     * @param ids an asset and what it lies in; empty for what belongs to the tenant as a whole
     * @param impediments what forbids deletions of this termination now
     */
    void mustAllowDeletion(Collection<UUID> ids, List<Impediment> impediments) {
        demand(
                state == DELETING || state == DELETED,
                // As DeletionOrders.NOT_ORDERED says on the other side.
                "deletion-not-ordered",
                "This termination is " + state + ". Nothing of its tenant may be deleted.");
        refuseFor(impediments.stream().filter(one -> one.forbids(ids)));
    }

    private static void refuseFor(Stream<Impediment> impediments) {
        impediments.findFirst().ifPresent(one -> {
            throw new Refusal(IMPEDED, one.reason());
        });
    }

    /** Refuses a new legal hold if everything is gone. */
    public void mustLeaveSomethingToHold() {
        demand(state != DELETED, "nothing-left-to-hold", "The tenant is deleted: nothing is left that could be held.");
    }

    /** Whether nothing more can happen to it. */
    public boolean isOver() {
        return state == DELETED || state == CANCELLED;
    }

    public UUID id() {
        return id;
    }

    public UUID tenantId() {
        return tenantId;
    }

    public TerminationState state() {
        return state;
    }

    public Instant requestedAt() {
        return requestedAt;
    }

    /** How many disks the manifest has; null before it is frozen. */
    public Integer manifestMedia() {
        return manifestMedia;
    }

    /** The digest of the manifest; null before it is frozen. */
    public String manifestDigest() {
        return manifestDigest;
    }

    /** When the retention began; null before. */
    public Instant retentionStartedAt() {
        return retentionStartedAt;
    }

    /** When the retention ends, or would have ended; null before it began. */
    public Instant retentionEndsAt() {
        return retentionEndsAt;
    }

    /** The version of the retention's schedule, from 1; 0 before the retention began. */
    public int scheduleVersion() {
        return scheduleVersion;
    }

    /** How many notices must be proven delivered before the deletion may start; 0 before the retention began. */
    public int noticesRequired() {
        return noticesRequired;
    }

    /** The terms of its retention, as they were when it was requested. */
    public RetentionTerms terms() {
        return new RetentionTerms(
                Duration.ofMillis(periodMs),
                Duration.ofMillis(maximumMs),
                Duration.ofMillis(customerExtensionMs),
                customerExtensions,
                timeZone);
    }

    /** When the deletion was ordered; null before. */
    public Instant deletionStartedAt() {
        return deletionStartedAt;
    }

    /** When the deletion was certified; null before. */
    public Instant deletedAt() {
        return deletedAt;
    }

    /** When the cancelled termination was closed; null before. */
    public Instant cancelledAt() {
        return cancelledAt;
    }

    /** Clocks of replicas differ a little, and after a failover the new server's may be behind. */
    private static Instant later(Instant now, Instant before) {
        return now.isBefore(before) ? before : now;
    }

    private static void demand(boolean condition, String slug, String rule) {
        if (!condition) {
            throw new Refusal(slug, rule);
        }
    }
}

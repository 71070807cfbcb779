package io.tenure.lifecycle.termination;

import static io.tenure.lifecycle.termination.TerminationState.CANCELLED;
import static io.tenure.lifecycle.termination.TerminationState.DELETED;
import static io.tenure.lifecycle.termination.TerminationState.DELETING;
import static io.tenure.lifecycle.termination.TerminationState.DISABLING;
import static io.tenure.lifecycle.termination.TerminationState.REQUESTED;
import static io.tenure.lifecycle.termination.TerminationState.RESTORING;
import static io.tenure.lifecycle.termination.TerminationState.RETAINED;

import io.tenure.kit.problem.Refusal;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/**
 * The end of a tenant, from request to certified deletion (matrix rows P1.6a, P2.1 and P4.4).
 *
 * <p>Facts come from several topics in any order. A method that takes a fact answers whether it still counts: true if the
 * state waits for it, false if it is late because the termination is past that station. It throws
 * {@link Refusal} if the fact can never be right in this state, such as a deletion that nobody ordered. The methods that
 * move on demand that both sides of a join have arrived, and so each fires once.
 */
@Entity
@Table(name = "termination")
public class Termination {

    @Id
    private UUID id;

    @Column(name = "tenant_id")
    private UUID tenantId;

    @Enumerated(EnumType.STRING)
    private TerminationState state;

    @Column(name = "requested_at")
    private Instant requestedAt;

    @Column(name = "assets_disabled_at")
    private Instant assetsDisabledAt;

    @Column(name = "manifest_media")
    private Integer manifestMedia;

    @Column(name = "manifest_digest")
    private String manifestDigest;

    @Column(name = "access_revoked_at")
    private Instant accessRevokedAt;

    @Column(name = "retention_started_at")
    private Instant retentionStartedAt;

    @Column(name = "retention_ends_at")
    private Instant retentionEndsAt;

    @Column(name = "notices_required")
    private int noticesRequired;

    @Column(name = "deletion_started_at")
    private Instant deletionStartedAt;

    @Column(name = "assets_deleted_at")
    private Instant assetsDeletedAt;

    @Column(name = "keys_destroyed_at")
    private Instant keysDestroyedAt;

    @Column(name = "deleted_at")
    private Instant deletedAt;

    @Column(name = "restoration_started_at")
    private Instant restorationStartedAt;

    @Column(name = "assets_restored_at")
    private Instant assetsRestoredAt;

    @Column(name = "access_restored_at")
    private Instant accessRestoredAt;

    @Column(name = "cancelled_at")
    private Instant cancelledAt;

    /** For the persistence provider. */
    protected Termination() {}

    private Termination(UUID id, UUID tenantId, Instant requestedAt) {
        this.id = id;
        this.tenantId = tenantId;
        this.state = REQUESTED;
        this.requestedAt = requestedAt;
    }

    /** A termination begins. */
    public static Termination request(UUID id, UUID tenantId, Instant now) {
        return new Termination(id, tenantId, now);
    }

    /**
     * A termination that is retained, with no more than decides about its deletion: what a sweep over many reads. It must
     * not be stored as an entity.
     */
    public static Termination retained(
            UUID id, UUID tenantId, String manifestDigest, Instant retentionEndsAt, int noticesRequired) {
        Termination termination = new Termination(id, tenantId, null);
        termination.state = RETAINED;
        termination.manifestDigest = manifestDigest;
        termination.retentionEndsAt = retentionEndsAt;
        termination.noticesRequired = noticesRequired;
        return termination;
    }

    /** An asset was disabled or a credential revoked. @return false if that comes late */
    public boolean disablementProgressed() {
        return switch (state) {
            case REQUESTED -> {
                state = DISABLING;
                yield true;
            }
            case DISABLING -> true;
            case RETAINED, DELETING, DELETED, RESTORING, CANCELLED -> false;
        };
    }

    /**
     * Every asset is disabled: the manifest is frozen.
     *
     * @param media how many disks it has
     * @param digest {@link io.tenure.events.MediaDigest#ofManifest} of them
     * @return false if that comes late
     * @throws Refusal if another manifest was frozen before
     */
    public boolean assetsDisabled(Instant at, int media, String digest) {
        boolean expected = disablementProgressed();
        if (expected) {
            demand(
                    manifestDigest == null || manifestDigest.equals(digest),
                    "manifest-frozen",
                    "The manifest is frozen.");
            manifestMedia = media;
            manifestDigest = digest;
            assetsDisabledAt = earlier(assetsDisabledAt, at);
        }
        return expected;
    }

    /** Whether what is disabled still becomes a part of the manifest. */
    public boolean isManifestOpen() {
        return (state == REQUESTED || state == DISABLING) && manifestDigest == null;
    }

    /** No credential and no identity opens anything any more. @return false if that comes late */
    public boolean accessRevoked(Instant at) {
        boolean expected = disablementProgressed();
        if (expected) {
            accessRevokedAt = earlier(accessRevokedAt, at);
        }
        return expected;
    }

    /** Whether assets and access are both shut and the retention is to be started. */
    public boolean awaitsRetention() {
        return state == DISABLING && assetsDisabledAt != null && accessRevokedAt != null;
    }

    /**
     * All is shut; the retention runs.
     *
     * @param noticesRequired how many notices must be proven delivered before the deletion may start, at least one
     * @throws Refusal unless all is shut
     */
    public void startRetention(Instant startedAt, Instant endsAt, int noticesRequired) {
        if (!endsAt.isAfter(startedAt) || noticesRequired < 1) {
            throw new IllegalArgumentException("A retention has a length, and the customer is told");
        }
        demand(awaitsRetention(), "not-disabled", "The retention starts once assets and access are both shut.");
        state = RETAINED;
        this.retentionStartedAt = startedAt;
        this.retentionEndsAt = endsAt;
        this.noticesRequired = noticesRequired;
    }

    /** A notice of the retention was delivered, or failed to be. @return false if that comes late */
    public boolean noticed() {
        demand(retentionEndsAt != null, "no-retention", "Nobody can have been told of a retention that never was.");
        return state == RETAINED;
    }

    /** Whether the retention is over at this instant. Says nothing of the other conditions of a deletion. */
    public boolean isRetentionOver(Instant now) {
        return state == RETAINED && !now.isBefore(retentionEndsAt);
    }

    /**
     * The one place where a deletion is allowed (rows P2.1 and P4.4): the retention is over, the start notice and all warnings
     * are proven delivered, and since each warning's delivery the customer has had the time that it promises.
     *
     * @param noticesDelivered how many different notices of the retention are proven delivered
     * @param warnedUntil when the time is over that the latest warning promises; the retention's end where all came in time
     * @throws Refusal if any condition is missing
     */
    public void startDeletion(Instant now, int noticesDelivered, Instant warnedUntil) {
        demand(state == RETAINED, "not-retained", "A deletion follows a retention.");
        demand(isRetentionOver(now), "retention-not-over", "The retention is not over.");
        demand(noticesDelivered >= noticesRequired, "notices-missing", "The customer is not proven to have been told.");
        demand(
                !now.isBefore(warnedUntil),
                "warning-too-late",
                "A warning came late: the customer has the time that it promises, until " + warnedUntil + ".");
        state = DELETING;
        deletionStartedAt = now;
    }

    /** An asset was sanitized. @return false if that comes late */
    public boolean deletionProgressed() {
        return switch (state) {
            case DELETING -> true;
            case DELETED -> false;
            case REQUESTED, DISABLING, RETAINED, RESTORING, CANCELLED ->
                throw new Refusal("deletion-not-started", "Nothing may be deleted: no deletion was started.");
        };
    }

    /** The hypervisor holds nothing of the tenant any more. @return false if that comes late */
    public boolean assetsDeleted(Instant at) {
        boolean expected = deletionProgressed();
        if (expected) {
            assetsDeletedAt = earlier(assetsDeletedAt, at);
        }
        return expected;
    }

    /** Every key that could decrypt the tenant's credentials is destroyed. @return false if that comes late */
    public boolean keysDestroyed(Instant at) {
        boolean expected = deletionProgressed();
        if (expected) {
            keysDestroyedAt = earlier(keysDestroyedAt, at);
        }
        return expected;
    }

    /** Whether assets and keys are both gone and the deletion is to be certified. */
    public boolean awaitsCertificate() {
        return state == DELETING && assetsDeletedAt != null && keysDestroyedAt != null;
    }

    /**
     * All is gone and certified.
     *
     * @param unaccounted how many assets of the manifest are not gone, or have a disk that is not accounted for; must be none
     */
    public void complete(Instant now, int unaccounted) {
        demand(awaitsCertificate(), "deletion-incomplete", "Assets and keys are not both gone.");
        demand(unaccounted == 0, "manifest-unaccounted", "The manifest is not accounted for disk by disk.");
        state = DELETED;
        deletedAt = now;
    }

    /** The certificate was delivered, or failed to be. @return true: that is never late */
    public boolean certificateNoticed() {
        demand(state == DELETED, "no-certificate", "There is no certificate that could have been delivered.");
        return true;
    }

    /**
     * The termination is called back.
     *
     * @return false if it was before
     * @throws Refusal once the deletion has started
     */
    public boolean cancel(Instant now) {
        return switch (state) {
            case REQUESTED, DISABLING, RETAINED -> {
                state = RESTORING;
                restorationStartedAt = now;
                yield true;
            }
            case RESTORING, CANCELLED -> false;
            case DELETING, DELETED ->
                throw new Refusal("deletion-started", "The deletion has started; it cannot be called back.");
        };
    }

    /** An asset is as before. @return false if that comes late */
    public boolean restorationProgressed() {
        return switch (state) {
            case RESTORING -> true;
            case CANCELLED -> false;
            case REQUESTED, DISABLING, RETAINED, DELETING, DELETED ->
                throw new Refusal("not-cancelled", "Nothing may be restored: the termination was not called back.");
        };
    }

    /** Every asset is as before. @return false if that comes late */
    public boolean assetsRestored(Instant at) {
        boolean expected = restorationProgressed();
        if (expected) {
            assetsRestoredAt = earlier(assetsRestoredAt, at);
        }
        return expected;
    }

    /** The tenant's identities work again. @return false if that comes late */
    public boolean accessRestored(Instant at) {
        boolean expected = restorationProgressed();
        if (expected) {
            accessRestoredAt = earlier(accessRestoredAt, at);
        }
        return expected;
    }

    /** Whether assets and access are both as before and the termination is to be closed. */
    public boolean awaitsCancellation() {
        return state == RESTORING && assetsRestoredAt != null && accessRestoredAt != null;
    }

    /** All is as before. */
    public void close(Instant now) {
        demand(awaitsCancellation(), "not-restored", "Assets and access are not both restored.");
        state = CANCELLED;
        cancelledAt = now;
    }

    /** The API's path of this termination. */
    public String path() {
        return "/v1/terminations/" + id;
    }

    /** Whether an asset's resistance to this action of the provisioning service still matters. */
    public boolean isHeldUpBy(String action) {
        boolean disabling = (state == REQUESTED || state == DISABLING) && assetsDisabledAt == null;
        boolean restoring = state == RESTORING && assetsRestoredAt == null;
        boolean deleting = state == DELETING && assetsDeletedAt == null;
        return switch (action) {
            case "DISABLE" -> disabling;
            case "RESTORE" -> restoring;
            case "SANITIZE" -> deleting;
            case "CONFIRM" -> deleting;
            case "INVENTORY" -> disabling || restoring || deleting;
            default -> false;
        };
    }

    /** Whether its tenant is to be deleted, for ever and whatever comes; others may ask before they do. */
    public boolean isDeletionOrdered() {
        return state == DELETING || state == DELETED;
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

    /** When all assets were disabled; null before. */
    public Instant assetsDisabledAt() {
        return assetsDisabledAt;
    }

    /** How many disks the manifest has; null before it was frozen. */
    public Integer manifestMedia() {
        return manifestMedia;
    }

    /** Of the manifest; null before it was frozen. */
    public String manifestDigest() {
        return manifestDigest;
    }

    /** When all access was revoked; null before. */
    public Instant accessRevokedAt() {
        return accessRevokedAt;
    }

    /** When the retention began; null before. */
    public Instant retentionStartedAt() {
        return retentionStartedAt;
    }

    /** When the retention ends, or would have ended; null before it began. */
    public Instant retentionEndsAt() {
        return retentionEndsAt;
    }

    /** How many notices must be proven delivered before the deletion may start; 0 before the retention began. */
    public int noticesRequired() {
        return noticesRequired;
    }

    /** When the deletion was ordered; null before. */
    public Instant deletionStartedAt() {
        return deletionStartedAt;
    }

    /** When the last asset was gone; null before. */
    public Instant assetsDeletedAt() {
        return assetsDeletedAt;
    }

    /** When the keys were destroyed; null before. */
    public Instant keysDestroyedAt() {
        return keysDestroyedAt;
    }

    /** When the deletion was certified; null before. */
    public Instant deletedAt() {
        return deletedAt;
    }

    /** When the cancelled termination was closed; null before. */
    public Instant cancelledAt() {
        return cancelledAt;
    }

    private static Instant earlier(Instant known, Instant at) {
        return known == null || at.isBefore(known) ? at : known;
    }

    private static void demand(boolean condition, String slug, String rule) {
        if (!condition) {
            throw new Refusal(slug, rule);
        }
    }
}

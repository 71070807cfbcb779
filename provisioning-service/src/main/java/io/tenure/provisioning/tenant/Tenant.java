package io.tenure.provisioning.tenant;

import io.tenure.events.AssetAction;
import io.tenure.events.LifecycleFact.Command;
import io.tenure.events.ProvisioningFact.AssetActionBlocked;
import io.tenure.events.ProvisioningFact.BackupResponsibility;
import io.tenure.events.ProvisioningFact.TenantAssetsDeleted;
import io.tenure.events.ProvisioningFact.TenantContactErased;
import io.tenure.events.ProvisioningFact.TenantContactUpdated;
import io.tenure.events.ProvisioningFact.TenantCreated;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.events.ProvisioningFact.TenantRestored;
import io.tenure.kit.problem.Refusal;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A customer.
 *
 * <pre>
 * ACTIVE ──> DISABLING ──> DISABLED ──> DELETING ──> DELETED
 *    ^            │             │
 *    └─ RESTORING <─────────────┘
 * </pre>
 *
 * <p>Methods that take a termination's id follow facts of the lifecycle service: they return whether anything changed,
 * and refuse a fact that contradicts the state, because a tenant's facts arrive in order and such a fact can never
 * become right. Methods without one refuse what the status does not allow, and return the fact to publish. Both refuse
 * with a {@link Refusal}.
 */
@Entity
public class Tenant {

    @Id
    @Column(updatable = false)
    UUID id;

    @Column(updatable = false)
    String name;

    @Enumerated(EnumType.STRING)
    TenantStatus status;

    @Column(updatable = false)
    String[] allowedLocations;

    @Enumerated(EnumType.STRING)
    @Column(updatable = false)
    BackupResponsibility backup;

    byte[] contact;
    long contactVersion;
    Instant contactConfirmedAt;
    Instant contactErasedAt;
    UUID terminationId;
    String manifestDigest;
    String closing;

    @Column(updatable = false)
    Instant createdAt;

    Instant deletedAt;
    long version;

    protected Tenant() {}

    /**
     * A new tenant.
     *
     * @param allowedLocations where its data may lie (row C8.3); at least one
     * @param contact the administrator's contact, encrypted
     */
    Tenant(
            UUID id,
            String name,
            List<String> allowedLocations,
            BackupResponsibility backup,
            byte[] contact,
            Instant now) {
        if (allowedLocations.isEmpty()) {
            throw new IllegalArgumentException("A tenant allows at least one location");
        }
        this.id = id;
        this.name = name;
        this.status = TenantStatus.ACTIVE;
        this.allowedLocations = allowedLocations.toArray(String[]::new);
        this.backup = backup;
        this.contact = contact;
        this.contactVersion = 1;
        this.contactConfirmedAt = now;
        this.createdAt = now;
        this.version = 1;
    }

    /** The fact that a new tenant exists. */
    TenantCreated created() {
        return new TenantCreated(id, allowedLocations(), backup);
    }

    /** A termination was requested. @return false if this fact is old */
    public boolean beginDisabling(UUID termination) {
        if (status != TenantStatus.ACTIVE) {
            return old(termination);
        }
        if (isOver(termination)) {
            return false;
        }
        terminationId = termination;
        return move(TenantStatus.DISABLING);
    }

    /** Lifecycle repeats a command, because it is overdue or an operator wants an immediate retry. */
    public Repetition repeated(Command command, UUID termination) {
        if (command == Command.DISABLE && status == TenantStatus.ACTIVE) {
            return isOver(termination) ? Repetition.NOTHING : Repetition.BEGIN;
        }
        if (!termination.equals(terminationId)) {
            return Repetition.NOTHING;
        }
        return Repetition.of(command, status);
    }

    /** Refuses to take a finding in, unless the manifest of a termination is being collected. */
    public void mustTakeIn() {
        switch (status) {
            case DISABLING -> {}
            case ACTIVE, RESTORING ->
                throw new Refusal(
                        "tenant-not-disabling",
                        "The tenant is " + status + "; findings are taken in while a tenant is being disabled.");
            case DISABLED, DELETING, DELETED ->
                throw new Refusal(
                        "manifest-frozen",
                        "The manifest of the termination is frozen, and this is not part of it. Move it out by hand, and have"
                                + " the command repeated.");
        }
    }

    /** Refuses a fact of a termination that is not this tenant's, or that is over. */
    public void mustBeIn(UUID termination) {
        old(termination);
        if (status == TenantStatus.ACTIVE || status == TenantStatus.DELETED) {
            throw new Refusal("termination-over", "The termination is over: the tenant is " + status);
        }
    }

    /**
     * The fact that ended the last phase of its termination, as JSON, so that it can be published again; null until
     * then.
     */
    public String closing() {
        return closing;
    }

    /** A phase of its termination ended. @param fact the fact that says so, as JSON */
    public void closed(String fact) {
        closing = fact;
    }

    /**
     * Nothing of the tenant can be reached any more, and the manifest of a deletion is frozen.
     *
     * @param assets how many are disabled
     * @param media how many disks they have
     * @param manifestDigest {@link io.tenure.events.MediaDigest#ofManifest} of every disk
     */
    public TenantDisabled disabled(int assets, int media, String manifestDigest) {
        must(TenantStatus.DISABLING);
        this.manifestDigest = manifestDigest;
        move(TenantStatus.DISABLED);
        return new TenantDisabled(terminationId, assets, media, manifestDigest);
    }

    /** The termination is cancelled. @return false if this fact is old */
    public boolean beginRestoring(UUID termination) {
        return switch (status) {
            case DISABLING, DISABLED -> {
                old(termination);
                yield move(TenantStatus.RESTORING);
            }
            case ACTIVE, RESTORING -> old(termination);
            case DELETING, DELETED ->
                throw new Refusal("deletion-started", "The tenant's data is being deleted or is gone");
        };
    }

    /** Everything is restored. @param lost how many assets are not, because people attested them lost */
    public TenantRestored restored(int assets, int lost) {
        must(TenantStatus.RESTORING);
        move(TenantStatus.ACTIVE);
        return new TenantRestored(terminationId, assets, lost);
    }

    /**
     * The retention is over.
     *
     * @param manifestDigest digest of what lifecycle wants deleted; refused unless it is what was disabled here
     * @return false if this fact is old
     */
    public boolean beginDeleting(UUID termination, String manifestDigest) {
        return switch (status) {
            case DISABLED -> {
                old(termination);
                if (!manifestDigest.equals(this.manifestDigest)) {
                    throw new Refusal(
                            "manifest-differs", "The deletion is about other disks than those that were disabled");
                }
                yield move(TenantStatus.DELETING);
            }
            case DELETING, DELETED -> old(termination);
            case ACTIVE, DISABLING, RESTORING ->
                throw new Refusal("tenant-not-disabled", "A deletion needs a tenant that is disabled");
        };
    }

    /**
     * No platform holds anything of the tenant any more.
     *
     * @param assets how many were sanitized, or are lost
     * @param inventoriedAt when the inventory began that shows it
     */
    public TenantAssetsDeleted deleted(int assets, Instant inventoriedAt, Instant now) {
        must(TenantStatus.DELETING);
        deletedAt = now;
        move(TenantStatus.DELETED);
        return new TenantAssetsDeleted(terminationId, assets, inventoriedAt);
    }

    /**
     * The inventory of its platforms failed, or shows what keeps the termination from going on.
     *
     * @param reason may be shown to customers
     * @param nextRetryAt null if there is no automatic retry
     */
    public AssetActionBlocked obstructed(String reason, int attempts, Instant nextRetryAt) {
        return new AssetActionBlocked(terminationId, null, AssetAction.INVENTORY, reason, attempts, nextRetryAt);
    }

    /**
     * Replaces the administrator's contact (row P8.4). Allowed until it is erased, so that the certificate of deletion
     * can still be sent to a corrected address.
     *
     * @param ciphertext the contact, encrypted
     * @throws Refusal once it is erased
     */
    TenantContactUpdated confirmContact(byte[] ciphertext, Instant now) {
        mustKeepContact();
        contact = ciphertext;
        contactVersion++;
        contactConfirmedAt = now;
        version++;
        return new TenantContactUpdated(id, contactVersion);
    }

    /** Refuses a new contact once the contact is erased. */
    void mustKeepContact() {
        if (isContactErased()) {
            throw new Refusal("contact-erased", "The tenant is deleted and so is its contact.");
        }
    }

    /**
     * The contact's key is destroyed (row P8.2); allowed once the tenant is deleted.
     *
     * @return empty if it was already
     */
    Optional<TenantContactErased> eraseContact(Instant now) {
        must(TenantStatus.DELETED);
        if (isContactErased()) {
            return Optional.empty();
        }
        contact = null;
        contactErasedAt = now;
        version++;
        return Optional.of(new TenantContactErased(id));
    }

    /** Refuses an order, unless the tenant is active and allows the location (row C8.3). */
    public void mustAcceptOrder(String location) {
        if (status != TenantStatus.ACTIVE) {
            throw new Refusal(
                    "tenant-not-active", "The tenant is " + status + "; orders are taken from active tenants only.");
        }
        if (!allowedLocations().contains(location)) {
            throw new Refusal(
                            "location-not-allowed",
                            "The tenant does not allow this location for its data. Choose among: "
                                    + String.join(", ", allowedLocations) + ".")
                    .with("locations", allowedLocations());
        }
    }

    public UUID id() {
        return id;
    }

    public String name() {
        return name;
    }

    public TenantStatus status() {
        return status;
    }

    public List<String> allowedLocations() {
        return List.of(allowedLocations);
    }

    public BackupResponsibility backup() {
        return backup;
    }

    /** The encrypted contact; null once it is erased. */
    byte[] contact() {
        return contact;
    }

    public boolean isContactErased() {
        return contactErasedAt != null;
    }

    /** Counts how often the contact was set or confirmed, from 1. */
    public long contactVersion() {
        return contactVersion;
    }

    public Instant contactConfirmedAt() {
        return contactConfirmedAt;
    }

    /** The latest termination, even if it was cancelled; null if there never was one. */
    public UUID terminationId() {
        return terminationId;
    }

    public Instant createdAt() {
        return createdAt;
    }

    /** Grows with each change, from 1. */
    public long version() {
        return version;
    }

    /** The API's path. */
    public static String path(UUID tenantId) {
        return "/v1/tenants/" + tenantId;
    }

    private boolean move(TenantStatus next) {
        status = next;
        version++;
        return true;
    }

    private void must(TenantStatus expected) {
        if (status != expected) {
            throw new Refusal("wrong-tenant-status", "The tenant is " + status + ", but must be " + expected);
        }
    }

    /**
     * Of an active tenant: whether this termination was cancelled before. Ids of terminations ascend with lifecycle's
     * one clock, so that is known of all before the latest, also when a request comes so late that the inbox has
     * forgotten it.
     */
    private boolean isOver(UUID termination) {
        return terminationId != null && termination.compareTo(terminationId) <= 0;
    }

    private boolean old(UUID termination) {
        if (!termination.equals(terminationId)) {
            throw new Refusal("termination-not-in-force", "The fact belongs to a termination that is not in force");
        }
        return false;
    }
}

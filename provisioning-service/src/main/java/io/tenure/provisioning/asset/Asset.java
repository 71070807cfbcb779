package io.tenure.provisioning.asset;

import io.tenure.events.AssetKind;
import io.tenure.events.ProvisioningFact;
import io.tenure.events.ProvisioningFact.AssetActionBlocked;
import io.tenure.events.ProvisioningFact.AssetRestored;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.ProvisioningFailed;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.events.ProvisioningFact.VdcOrdered;
import io.tenure.events.ProvisioningFact.VdcProvisioned;
import io.tenure.events.ProvisioningFact.VdcQuotaExceeded;
import io.tenure.events.ProvisioningFact.VmOrdered;
import io.tenure.events.ProvisioningFact.VmProvisioned;
import io.tenure.kit.problem.Refusal;
import io.tenure.platform.AssetRef;
import io.tenure.platform.Inventory.Place;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Something that a tenant has on a platform: ordered through the API, or found there.
 *
 * <pre>
 * ORDERED ──> PROVISIONED ──> DISABLING ──> DISABLED ──> SANITIZING ──> SANITIZED
 *    │             ^              │             │              │
 *    └─> FAILED    └─ RESTORING <─┴─────────────┘              └──> LOST
 *                         └──> LOST, REMOVED
 * </pre>
 *
 * <p>An order that was disabled before it was carried out goes back to ORDERED when it is restored. An asset that an
 * inventory finds reachable is disabled again, whatever its status says. Methods refuse what the status does not allow
 * ({@link Refusal}), and return the facts to publish; the caller holds the tenant's lock.
 */
@Entity
public class Asset {

    @Id
    @Column(updatable = false)
    UUID id;

    @Column(updatable = false)
    UUID tenantId;

    @Enumerated(EnumType.STRING)
    @Column(updatable = false)
    AssetKind kind;

    @Column(updatable = false)
    UUID vdcId;

    @Column(updatable = false)
    String name;

    @Enumerated(EnumType.STRING)
    AssetStatus status;

    @Column(updatable = false)
    String image;

    @Column(updatable = false)
    Integer vcpus;

    @Column(updatable = false)
    Integer memoryMib;

    @Column(updatable = false)
    Integer storageMib;

    @Column(updatable = false)
    String location;

    @Column(updatable = false)
    Instant createdAt;

    @Column(updatable = false)
    String platform;

    String nativeId;
    String placement;

    @Column(updatable = false)
    String takenFrom;

    Instant takenInAt;
    Instant provisionedAt;
    Long usedBytes;
    Instant measuredAt;
    String failure;
    String obstacle;
    Evidence evidence;

    protected Asset() {}

    private Asset(UUID id, UUID tenantId, AssetKind kind, UUID vdcId, String name, AssetStatus status, Instant now) {
        this.id = id;
        this.tenantId = tenantId;
        this.kind = kind;
        this.vdcId = vdcId;
        this.name = name;
        this.status = status;
        this.createdAt = now;
    }

    /**
     * A VM or a VDC that a customer ordered; sizes in MiB.
     *
     * @param image from the catalogue; null for a VDC
     * @param storage the VM's disk, or what the VDC may hold
     */
    static Asset ordered(
            UUID id,
            UUID tenantId,
            AssetKind kind,
            String name,
            String image,
            int vcpus,
            int memory,
            int storage,
            String location,
            Instant now) {
        Asset ordered = new Asset(id, tenantId, kind, null, name, AssetStatus.ORDERED, now);
        ordered.image = image;
        ordered.vcpus = vcpus;
        ordered.memoryMib = memory;
        ordered.storageMib = storage;
        ordered.location = location;
        return ordered;
    }

    /**
     * An asset that an inventory found and that is not in the records: mostly machines that a customer made in its VDC
     * (row C1.2). It starts as DISABLING.
     *
     * @param id a new one for a machine in a VDC, otherwise the one that was found
     * @param platform the platform on which it was found
     */
    public static Asset found(UUID id, AssetRef ref, AssetKind kind, String platform, Instant now) {
        Asset found =
                switch (ref) {
                    case AssetRef.Own own ->
                        new Asset(id, own.tenantId(), kind, null, "unknown", AssetStatus.DISABLING, now);
                    case AssetRef.InVdc machine ->
                        new Asset(
                                id,
                                machine.tenantId(),
                                AssetKind.VDC_VM,
                                machine.vdcId(),
                                machine.name(),
                                AssetStatus.DISABLING,
                                now);
                };
        found.platform = platform;
        found.provisionedAt = now;
        return found;
    }

    /** Something in the tenant's area that an operator decided is the tenant's. It starts as DISABLING. */
    public static Asset takenIn(UUID id, UUID tenantId, String platform, Place place, Instant now) {
        Asset taken = new Asset(id, tenantId, AssetKind.VM, null, "taken in", AssetStatus.DISABLING, now);
        taken.platform = platform;
        taken.takenFrom = place.name();
        taken.placement = place.location();
        taken.provisionedAt = now;
        return taken;
    }

    /** The order goes to this platform, which serves its location. */
    ProvisioningFact placedOn(String platform) {
        this.platform = platform;
        return kind == AssetKind.VM
                ? new VmOrdered(id, image, vcpus, memoryMib, storageMib, location)
                : new VdcOrdered(id, vcpus, memoryMib, storageMib, location);
    }

    /**
     * The platform made it.
     *
     * @param placement the location that the platform reports
     * @param nativeId the platform's own id for it
     */
    ProvisioningFact provisioned(String placement, String nativeId, Instant now) {
        move(AssetStatus.PROVISIONED, AssetStatus.ORDERED);
        this.placement = placement;
        this.nativeId = nativeId;
        provisionedAt = now;
        return kind == AssetKind.VM
                ? new VmProvisioned(id, image, vcpus, memoryMib, storageMib, placement)
                : new VdcProvisioned(id, vcpus, memoryMib, storageMib, placement);
    }

    /** The platform can never make it. */
    ProvisioningFailed failed(String reason) {
        move(AssetStatus.FAILED, AssetStatus.ORDERED);
        failure = reason;
        return new ProvisioningFailed(id, kind, reason);
    }

    /** Starts making it unreachable. No effect if that is already under way. */
    public void beginDisabling() {
        if (status != AssetStatus.DISABLING) {
            move(
                    AssetStatus.DISABLING,
                    AssetStatus.ORDERED,
                    AssetStatus.PROVISIONED,
                    AssetStatus.FAILED,
                    AssetStatus.DISABLED,
                    AssetStatus.LOST,
                    AssetStatus.REMOVED);
            failure = null;
        }
    }

    /** It is unreachable, with these disks. */
    List<ProvisioningFact> disabled(UUID termination, List<Disk> disks) {
        move(AssetStatus.DISABLED, AssetStatus.DISABLING);
        return MediaFacts.disabled(termination, this, disks);
    }

    /** Starts bringing it back to what it was. */
    public void beginRestoring() {
        move(AssetStatus.RESTORING, AssetStatus.DISABLING, AssetStatus.DISABLED);
    }

    /** It is back to what it was: in use, or an order that still waits. */
    AssetRestored restored(UUID termination) {
        move(provisionedAt == null ? AssetStatus.ORDERED : AssetStatus.PROVISIONED, AssetStatus.RESTORING);
        return new AssetRestored(termination, id, kind);
    }

    /**
     * Two people attested that it cannot be found: it can neither be restored nor sanitized. A deletion is told that
     * none of its disks was sanitized.
     */
    List<ProvisioningFact> lost(UUID termination) {
        boolean deleting = status == AssetStatus.SANITIZING;
        move(AssetStatus.LOST, AssetStatus.RESTORING, AssetStatus.SANITIZING);
        return deleting ? MediaFacts.sanitized(termination, this, List.of()) : List.of();
    }

    /** Its owner had removed it before it was disabled, so there is nothing to restore. */
    void removed() {
        move(AssetStatus.REMOVED, AssetStatus.RESTORING);
    }

    /**
     * Its usage was measured.
     *
     * @return empty unless it is over its quota now and was not at the last measurement
     */
    Optional<VdcQuotaExceeded> measured(long bytes, Instant now) {
        boolean before = isOverQuota();
        usedBytes = bytes;
        measuredAt = now;
        return !before && isOverQuota() ? Optional.of(new VdcQuotaExceeded(id, storageMib, bytes)) : Optional.empty();
    }

    private boolean isOverQuota() {
        return usedBytes != null && usedBytes > (long) storageMib << 20;
    }

    /**
     * An attempt at what is under way failed.
     *
     * @param termination the tenant's latest one; an order belongs to none
     * @param reason may be shown to customers
     * @param nextRetryAt null if there is no automatic retry
     * @return empty if nothing is under way any more
     */
    Optional<AssetActionBlocked> obstructed(UUID termination, String reason, int attempts, Instant nextRetryAt) {
        UUID cause = status == AssetStatus.ORDERED ? null : termination;
        return status.action().map(action -> {
            obstacle = reason;
            return new AssetActionBlocked(cause, id, action, reason, attempts, nextRetryAt);
        });
    }

    /**
     * Refuses a loss of an asset that the tenant's current termination does not cover: one that the platform never
     * made, or that the termination has already settled.
     */
    public void mustBeLosable() {
        boolean pending = status.isUnderWay() || status == AssetStatus.DISABLED;
        if (!pending || provisionedAt == null) {
            throw new Refusal(
                    "not-in-manifest",
                    "An asset that is " + status
                            + " is not in the manifest of the termination: its loss changes nothing");
        }
    }

    /** Starts sanitizing its disks. */
    public void beginSanitizing() {
        move(AssetStatus.SANITIZING, AssetStatus.DISABLED);
    }

    /** Its disks were sanitized, and may be removed. Evidence is never replaced, and told once they are. */
    void verified(List<SanitizedDisk> disks) {
        if (status != AssetStatus.SANITIZING || evidence != null) {
            throw refused(AssetStatus.SANITIZING);
        }
        evidence = new Evidence(disks);
    }

    /** It is gone. */
    List<ProvisioningFact> sanitized(UUID termination) {
        if (evidence == null) {
            throw new Refusal("sanitization-unproven", "Nothing is sanitized without evidence");
        }
        move(AssetStatus.SANITIZED, AssetStatus.SANITIZING);
        return MediaFacts.sanitized(termination, this, evidence.disks());
    }

    public UUID id() {
        return id;
    }

    public UUID tenantId() {
        return tenantId;
    }

    public AssetKind kind() {
        return kind;
    }

    /** The VDC that it is in; null unless it is a machine in one. */
    public UUID vdcId() {
        return vdcId;
    }

    public String name() {
        return name;
    }

    public AssetStatus status() {
        return status;
    }

    /** The name of the platform that has it, or that will make it. */
    public String platform() {
        return platform;
    }

    /** Where the platform has it. */
    public AssetRef ref() {
        return kind == AssetKind.VDC_VM ? new AssetRef.InVdc(tenantId, vdcId, name) : new AssetRef.Own(tenantId, id);
    }

    /** Whether its disks were sanitized. They may be deleted then, and cannot be sanitized a second time. */
    boolean isVerified() {
        return evidence != null;
    }

    /** Where the thing to be taken in is; empty once the platform has made it an asset, and for all other assets. */
    Optional<Place> toTakeIn() {
        return takenInAt == null
                ? Optional.ofNullable(takenFrom).map(name -> new Place(placement, name))
                : Optional.empty();
    }

    /** The platform turned the finding into an asset. */
    void madeAnAsset(Instant now) {
        if (takenFrom == null) {
            throw new Refusal("not-taken-in", "Only what an operator takes in is made an asset");
        }
        takenInAt = now;
    }

    /** The API's path; for a machine in a VDC, the path of the VDC. */
    public String path() {
        return switch (kind) {
            case VM -> "/v1/vms/" + id;
            case VDC -> "/v1/vdcs/" + id;
            case VDC_VM -> "/v1/vdcs/" + vdcId;
        };
    }

    private void move(AssetStatus next, AssetStatus... from) {
        if (!Set.of(from).contains(status)) {
            throw refused(next);
        }
        status = next;
        obstacle = null;
    }

    private Refusal refused(AssetStatus next) {
        return new Refusal("wrong-asset-status", "An asset that is " + status + " cannot become " + next);
    }
}

package io.tenure.provisioning.asset;

import io.tenure.events.AssetKind;
import io.tenure.kit.problem.Refusal;
import io.tenure.platform.AssetRef;
import io.tenure.platform.AssetSpec;
import io.tenure.platform.Expected;
import io.tenure.platform.Intent;
import io.tenure.platform.Inventory.Place;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;

/**
 * Something that a tenant has on a platform: as ordered, or as found there.
 *
 * <pre>
 * ORDERED ──> PROVISIONED ──> DISABLING ──> DISABLED ──> SANITIZING ──> SANITIZED
 *    │             ^              │             │              │
 *    └─> FAILED    └─ RESTORING <─┴─────────────┘              └──> LOST
 *                         └──> LOST, REMOVED
 * </pre>
 *
 * <p>An order that was disabled before it was carried out goes back to ORDERED when it is restored. What an inventory finds
 * reachable is disabled once more, whatever was said of it before. Methods refuse what the status does not allow ({@link Refusal}); the caller holds the
 * tenant's lock.
 */
@Entity
@DynamicUpdate
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
    String evidence;

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
     * A VM that a customer ordered; sizes in MiB.
     *
     * @param image from the catalogue
     */
    static Asset orderedVm(
            UUID id,
            UUID tenantId,
            String name,
            String image,
            int vcpus,
            int memory,
            int disk,
            String location,
            Instant now) {
        Asset vm = new Asset(id, tenantId, AssetKind.VM, null, name, AssetStatus.ORDERED, now);
        vm.image = image;
        return vm.sized(vcpus, memory, disk, location);
    }

    /** A VDC that a customer ordered; sizes in MiB. */
    static Asset orderedVdc(
            UUID id, UUID tenantId, String name, int vcpus, int memory, int storage, String location, Instant now) {
        return new Asset(id, tenantId, AssetKind.VDC, null, name, AssetStatus.ORDERED, now)
                .sized(vcpus, memory, storage, location);
    }

    private Asset sized(int vcpus, int memory, int storage, String location) {
        this.vcpus = vcpus;
        this.memoryMib = memory;
        this.storageMib = storage;
        this.location = location;
        return this;
    }

    /**
     * What an inventory found and no record tells of: above all the machines that a customer made in its VDC (row C1.2). It is
     * to be disabled.
     *
     * @param id of its own for a machine in a VDC; else as found
     * @param platform on which it was found
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

    /** What an operator decided to be the tenant's: it was found in the tenant's area, and is to be disabled. */
    public static Asset takenIn(UUID id, UUID tenantId, String platform, Place place, Instant now) {
        Asset taken = new Asset(id, tenantId, AssetKind.VM, null, "taken in", AssetStatus.DISABLING, now);
        taken.platform = platform;
        taken.takenFrom = place.name();
        taken.placement = place.location();
        taken.provisionedAt = now;
        return taken;
    }

    /**
     * The platform made it.
     *
     * @param placement the location in which the platform says that it lies
     * @param nativeId what the platform calls it
     */
    void provisioned(String placement, String nativeId, Instant now) {
        move(AssetStatus.PROVISIONED, AssetStatus.ORDERED);
        this.placement = placement;
        this.nativeId = nativeId;
        provisionedAt = now;
    }

    /** The platform cannot make it, for good. */
    void failed(String reason) {
        move(AssetStatus.FAILED, AssetStatus.ORDERED);
        failure = reason;
    }

    /** It is to be made unreachable. Nothing to do where that is under way. */
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

    /** It is unreachable. */
    void disabled() {
        move(AssetStatus.DISABLED, AssetStatus.DISABLING);
    }

    /** It is to become what it was. */
    public void beginRestoring() {
        move(AssetStatus.RESTORING, AssetStatus.DISABLING, AssetStatus.DISABLED);
    }

    /** It is what it was: in use, or an order that still waits. */
    void restored() {
        move(provisionedAt == null ? AssetStatus.ORDERED : AssetStatus.PROVISIONED, AssetStatus.RESTORING);
    }

    /** It is nowhere to be found, as two people attested: it can neither be given back nor sanitized. */
    void lost() {
        move(AssetStatus.LOST, AssetStatus.RESTORING, AssetStatus.SANITIZING);
    }

    /** Its owner had removed it before it was disabled, so there is nothing to give back. */
    void removed() {
        move(AssetStatus.REMOVED, AssetStatus.RESTORING);
    }

    /**
     * What lies in it was measured.
     *
     * @return whether it turns out to be more than was agreed, and was not at the last measurement
     */
    boolean measured(long bytes, Instant now) {
        boolean before = isOverQuota();
        usedBytes = bytes;
        measuredAt = now;
        return !before && isOverQuota();
    }

    private boolean isOverQuota() {
        return usedBytes != null && usedBytes > (long) storageMib << 20;
    }

    /** What is under way did not get on. @param reason may be shown to customers */
    void obstructed(String reason) {
        obstacle = reason;
    }

    /**
     * Refuses the loss of what is not part of the termination that its tenant is in: what the platform never made, or what it
     * was settled with.
     */
    public void mustBeLosable() {
        boolean pending =
                switch (status) {
                    case DISABLING, DISABLED, RESTORING, SANITIZING -> true;
                    case ORDERED, PROVISIONED, FAILED, SANITIZED, LOST, REMOVED -> false;
                };
        if (!pending || provisionedAt == null) {
            throw new Refusal(
                    "not-in-manifest",
                    "An asset that is " + status
                            + " is not in the manifest of the termination: its loss changes nothing");
        }
    }

    /** Its disks are to be sanitized. */
    public void beginSanitizing() {
        move(AssetStatus.SANITIZING, AssetStatus.DISABLED);
    }

    /** Its disks were sanitized, and may be removed. Evidence is never replaced. @param evidence how, as JSON */
    void verified(String evidence) {
        if (status != AssetStatus.SANITIZING || this.evidence != null) {
            throw refused(AssetStatus.SANITIZING);
        }
        this.evidence = evidence;
    }

    /** It is gone. */
    void sanitized() {
        if (evidence == null) {
            throw new Refusal("sanitization-unproven", "Nothing is sanitized without evidence");
        }
        move(AssetStatus.SANITIZED, AssetStatus.SANITIZING);
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

    /** The VDC around it; null unless it is a machine in one. */
    public UUID vdcId() {
        return vdcId;
    }

    public String name() {
        return name;
    }

    public AssetStatus status() {
        return status;
    }

    /** How its disks were sanitized, as JSON; null before. */
    String evidence() {
        return evidence;
    }

    /** The name of the platform that has it, or is to make it. */
    public String platform() {
        return platform;
    }

    /** Where the platform has it. */
    public AssetRef ref() {
        return kind == AssetKind.VDC_VM ? new AssetRef.InVdc(tenantId, vdcId, name) : new AssetRef.Own(tenantId, id);
    }

    /**
     * What is to be asked of its platform; empty if nothing is under way.
     *
     * @param expected what the platform must show of it
     */
    Optional<Intent> wanted(Expected expected) {
        boolean takeIn = toTakeIn().isPresent() && !expected.assetLost();
        return switch (status) {
            case ORDERED -> Optional.of(Intent.CREATE);
            case DISABLING -> Optional.of(takeIn ? Intent.TAKE_IN : Intent.DISABLE);
            case RESTORING -> Optional.of(takeIn ? Intent.TAKE_IN : Intent.RESTORE);
            // Once there is evidence, the disks may go; it could not be had a second time.
            case SANITIZING -> Optional.of(evidence == null ? Intent.SANITIZE : Intent.DELETE);
            case PROVISIONED, FAILED, DISABLED, SANITIZED, LOST, REMOVED -> Optional.empty();
        };
    }

    /** Where it lies that is to be taken in; empty once the platform has made it an asset, and for all others. */
    Optional<Place> toTakeIn() {
        return takenInAt == null
                ? Optional.ofNullable(takenFrom).map(name -> new Place(placement, name))
                : Optional.empty();
    }

    /** The platform made what was found an asset. */
    void madeAnAsset(Instant now) {
        if (takenFrom == null) {
            throw new Refusal("not-taken-in", "Only what an operator takes in is made an asset");
        }
        takenInAt = now;
    }

    /** An order goes to the platform of its location. */
    void placedOn(String platform) {
        this.platform = platform;
    }

    /** What the platform is to make of an order. */
    AssetSpec spec() {
        return new AssetSpec(new AssetRef.Own(tenantId, id), kind, image, vcpus, memoryMib, storageMib, location);
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
        return new Refusal("wrong-asset-status", "An asset that is " + status + " does not become " + next);
    }
}

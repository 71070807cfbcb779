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
 * ({@link Refusal}); the caller holds the tenant's lock.
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

    /**
     * The platform made it. * *
     *
     * @param placement the location that the platform reports
     * @param nativeId the platform's own id for it
     */
    void provisioned(String placement, String nativeId, Instant now) {
        move(AssetStatus.PROVISIONED, AssetStatus.ORDERED);
        this.placement = placement;
        this.nativeId = nativeId;
        provisionedAt = now;
    }

    /** The platform can never make it. */
    void failed(String reason) {
        move(AssetStatus.FAILED, AssetStatus.ORDERED);
        failure = reason;
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

    /** It is unreachable. */
    void disabled() {
        move(AssetStatus.DISABLED, AssetStatus.DISABLING);
    }

    /** Starts bringing it back to what it was. */
    public void beginRestoring() {
        move(AssetStatus.RESTORING, AssetStatus.DISABLING, AssetStatus.DISABLED);
    }

    /** It is back to what it was: in use, or an order that still waits. */
    void restored() {
        move(provisionedAt == null ? AssetStatus.ORDERED : AssetStatus.PROVISIONED, AssetStatus.RESTORING);
    }

    /** Two people attested that it cannot be found: it can neither be restored nor sanitized. */
    void lost() {
        move(AssetStatus.LOST, AssetStatus.RESTORING, AssetStatus.SANITIZING);
    }

    /** Its owner had removed it before it was disabled, so there is nothing to restore. */
    void removed() {
        move(AssetStatus.REMOVED, AssetStatus.RESTORING);
    }

    /**
     * Its usage was measured.
     *
     * @return whether it is over its quota now and was not at the last measurement
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

    /** What is under way failed at the last attempt. @param reason may be shown to customers */
    void obstructed(String reason) {
        obstacle = reason;
    }

    /**
     * Refuses a loss of an asset that the tenant's current termination does not cover: one that the platform never
     * made, or that the termination has already settled.
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

    /** Starts sanitizing its disks. */
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

    /** How its disks were sanitized, as JSON; null until then. */
    String evidence() {
        return evidence;
    }

    /** The name of the platform that has it, or that will make it. */
    public String platform() {
        return platform;
    }

    /** Where the platform has it. */
    public AssetRef ref() {
        return kind == AssetKind.VDC_VM ? new AssetRef.InVdc(tenantId, vdcId, name) : new AssetRef.Own(tenantId, id);
    }

    /**
     * What its platform must do next; empty if nothing is under way.
     *
     * @param expected what the platform must still hold of it
     */
    Optional<Intent> wanted(Expected expected) {
        boolean takeIn = toTakeIn().isPresent() && !expected.assetLost();
        return switch (status) {
            case ORDERED -> Optional.of(Intent.CREATE);
            case DISABLING -> Optional.of(takeIn ? Intent.TAKE_IN : Intent.DISABLE);
            case RESTORING -> Optional.of(takeIn ? Intent.TAKE_IN : Intent.RESTORE);
            // With evidence stored, the disks may be deleted. Evidence cannot be produced a second time.
            case SANITIZING -> Optional.of(evidence == null ? Intent.SANITIZE : Intent.DELETE);
            case PROVISIONED, FAILED, DISABLED, SANITIZED, LOST, REMOVED -> Optional.empty();
        };
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

    /** Assigns an order to the platform of its location. */
    void placedOn(String platform) {
        this.platform = platform;
    }

    /** What the platform must make for an order. */
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
        return new Refusal("wrong-asset-status", "An asset that is " + status + " cannot become " + next);
    }
}

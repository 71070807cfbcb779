package io.tenure.events;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Facts of the provisioning service: tenants, their assets, and what became of each disk. */
public sealed interface ProvisioningFact extends Fact {

    /** Who keeps backups (matrix row P1.5): the provider's backup service, or the customer alone. */
    enum BackupResponsibility {
        PROVIDER,
        CUSTOMER
    }

    /**
     * A disk, named as on the hypervisor.
     *
     * @param bytes its size
     */
    record Disk(String name, long bytes) {}

    /**
     * A disk of an asset, as a manifest lists it.
     *
     * @param name as on the hypervisor, unique within the asset
     * @param bytes its size when it was disabled
     */
    record Medium(UUID assetId, String name, long bytes) {}

    /**
     * How a disk was sanitized and how that was checked (NIST SP 800-88r1, appendix G; matrix rows P2.1 and P4.4).
     *
     * @param method {@code CLEAR} for an overwrite of a virtual volume, {@code PURGE} only for cryptographic erase
     * @param technique what was written, for example {@code single-pass overwrite with random data}
     * @param tool the driver and its version
     * @param passes number of overwrites
     * @param bytesVerified how many bytes were written and read back: all of {@code bytes} but those of {@code bytesEmpty}
     * @param bytesEmpty how many bytes were zeros before and so held no data, as in the holes of a sparse file; they were read, left
     *     as they were, and read back as zeros
     * @param sha256 hash of the bytes that were read back and are not empty, equal to that of what was written
     * @param storage what it ran on, as the platform calls it, for example {@code ext4}
     * @param readBack where the bytes were read back from
     * @param notCovered where earlier copies of the data may be that the overwrite does not reach; what holds such copies must
     *     have its own end
     */
    record SanitizedDisk(
            String name,
            long bytes,
            String method,
            String technique,
            String tool,
            int passes,
            long bytesVerified,
            long bytesEmpty,
            String sha256,
            String storage,
            ReadBack readBack,
            List<NotCovered> notCovered) {}

    /** Where what was written is read back from. */
    enum ReadBack {
        /** From the device, past what the operating system remembers. */
        DEVICE,
        /** Through the operating system's memory, because the storage offers no other way: it may never have reached the device. */
        CACHE
    }

    /** What an overwrite of a disk does not reach. */
    enum NotCovered {
        /** Blocks that the storage left behind when it wrote new ones. */
        COPY_ON_WRITE,
        SNAPSHOTS,
        REPLICAS,
        BACKUPS
    }

    /** A tenant exists, with the locations that it allows for its data (row C8.3). */
    record TenantCreated(UUID tenantId, List<String> allowedLocations, BackupResponsibility backup)
            implements ProvisioningFact {}

    /** The administrator's contact was replaced (row P8.4). @param contactVersion grows by one with each change */
    record TenantContactUpdated(UUID tenantId, long contactVersion) implements ProvisioningFact {}

    /** The administrator's contact can no longer be decrypted by anyone: its key is destroyed (row P8.2). */
    record TenantContactErased(UUID tenantId) implements ProvisioningFact {}

    /** A virtual machine was ordered; sizes in MiB. */
    record VmOrdered(UUID vmId, String image, int vcpus, int memoryMiB, int diskMiB, String location)
            implements ProvisioningFact {}

    /** The hypervisor holds the machine; sizes in MiB. */
    record VmProvisioned(UUID vmId, String image, int vcpus, int memoryMiB, int diskMiB, String location)
            implements ProvisioningFact {}

    /** A virtual data center was ordered; sizes in MiB. */
    record VdcOrdered(UUID vdcId, int vcpus, int memoryMiB, int storageMiB, String location)
            implements ProvisioningFact {}

    /** The hypervisor holds the virtual data center; sizes in MiB. */
    record VdcProvisioned(UUID vdcId, int vcpus, int memoryMiB, int storageMiB, String location)
            implements ProvisioningFact {}

    /**
     * What lies in a virtual data center takes more than was agreed; told once, when it is found.
     *
     * @param storageMiB what was agreed
     * @param usedBytes what it takes
     */
    record VdcQuotaExceeded(UUID vdcId, int storageMiB, long usedBytes) implements ProvisioningFact {}

    /** An order could not be carried out, for good. */
    record ProvisioningFailed(UUID assetId, AssetKind kind, String reason) implements ProvisioningFact {}

    /**
     * Nobody can reach a disk any more; its data is untouched (row P2.2a). Closed by {@link AssetDisabled}.
     *
     * @param disablementId the run that it belongs to; an asset that is found reachable again is disabled in a run of its own
     */
    record MediumDisabled(UUID terminationId, UUID assetId, UUID disablementId, Disk disk)
            implements ProvisioningFact {}

    /**
     * Nobody can reach the asset or its disks any more; the data is untouched (rows P1.6a and P2.2a).
     *
     * @param disks how many disks it has; each was told by a {@link MediumDisabled} of this run before
     * @param disksDigest {@link MediaDigest#ofDisks} of them
     */
    record AssetDisabled(
            UUID terminationId, UUID assetId, AssetKind kind, UUID disablementId, int disks, String disksDigest)
            implements ProvisioningFact {}

    /**
     * Every asset that the hypervisor shows for the tenant is disabled, and what the termination is about is settled: the
     * manifest is frozen. A deletion touches what is in it and nothing else.
     *
     * @param assets how many
     * @param media how many disks they have together
     * @param manifestDigest {@link MediaDigest#ofManifest} of these disks
     */
    record TenantDisabled(UUID terminationId, int assets, int media, String manifestDigest)
            implements ProvisioningFact {}

    /** An asset is as it was before it was disabled. */
    record AssetRestored(UUID terminationId, UUID assetId, AssetKind kind) implements ProvisioningFact {}

    /**
     * Every asset of the tenant is restored, but for those that two people attested as lost.
     *
     * @param assets how many are restored
     * @param lost how many are lost
     */
    record TenantRestored(UUID terminationId, int assets, int lost) implements ProvisioningFact {}

    /**
     * A disk was overwritten and read back. Closed by {@link AssetSanitized}.
     *
     * @param sanitizationId the run that it belongs to; an asset that is found again is sanitized in a run of its own
     */
    record MediumSanitized(UUID terminationId, UUID assetId, UUID sanitizationId, SanitizedDisk disk)
            implements ProvisioningFact {}

    /**
     * The asset's disks were overwritten, read back, and then removed.
     *
     * @param disks how many disks; each was told by a {@link MediumSanitized} of this run before
     * @param disksDigest {@link MediaDigest#ofSanitized} of them
     */
    record AssetSanitized(
            UUID terminationId, UUID assetId, AssetKind kind, UUID sanitizationId, int disks, String disksDigest)
            implements ProvisioningFact {}

    /** A fresh inventory of the hypervisor, independent of the service's own records, finds nothing of the tenant. */
    record TenantAssetsDeleted(UUID terminationId, int assets, Instant inventoriedAt) implements ProvisioningFact {}

    /**
     * An asset resists. The service keeps trying.
     *
     * @param terminationId null outside a termination
     * @param action {@code PROVISION}, {@code DISABLE}, {@code RESTORE}, {@code SANITIZE} or {@code INVENTORY}
     * @param assetId the asset, or null where the whole tenant is concerned
     * @param attempts how often it was tried, from 1
     */
    record AssetActionBlocked(
            @Nullable UUID terminationId,
            @Nullable UUID assetId,
            String action,
            String reason,
            int attempts,
            Instant nextRetryAt)
            implements ProvisioningFact {}
}

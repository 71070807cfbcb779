package io.tenure.events;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

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
     * A disk that was sanitized, at its full size.
     *
     * @param bytes its size
     * @param sanitization how, and what proves it; an overwrite covers all of {@code bytes}
     */
    record SanitizedDisk(String name, long bytes, Sanitization sanitization) {

        /** @throws IllegalArgumentException if the sanitization is missing or cannot be that of a disk of this size */
        public SanitizedDisk {
            if (bytes < 0 || sanitization == null) {
                throw new IllegalArgumentException("a sanitized disk has a size and a sanitization");
            }
            if (sanitization instanceof Sanitization.Overwritten overwritten
                    && overwritten.bytesVerified() + overwritten.bytesEmpty() != bytes) {
                throw new IllegalArgumentException("an overwrite covers all of a disk");
            }
        }
    }

    /** A tenant was created, with the locations that it allows for its data (row C8.3). */
    record TenantCreated(UUID tenantId, List<String> allowedLocations, BackupResponsibility backup)
            implements ProvisioningFact {}

    /** The administrator's contact was replaced (row P8.4). @param contactVersion grows by one with each change */
    record TenantContactUpdated(UUID tenantId, long contactVersion) implements ProvisioningFact {}

    /** The administrator's contact can no longer be decrypted by anyone: its key is destroyed (row P8.2). */
    record TenantContactErased(UUID tenantId) implements ProvisioningFact {}

    /** A virtual machine was ordered; sizes in MiB. */
    record VmOrdered(UUID vmId, String image, int vcpus, int memoryMiB, int diskMiB, String location)
            implements ProvisioningFact {}

    /** The machine exists on the hypervisor; sizes in MiB. */
    record VmProvisioned(UUID vmId, String image, int vcpus, int memoryMiB, int diskMiB, String location)
            implements ProvisioningFact {}

    /** A virtual data center was ordered; sizes in MiB. */
    record VdcOrdered(UUID vdcId, int vcpus, int memoryMiB, int storageMiB, String location)
            implements ProvisioningFact {}

    /** The virtual data center exists on the hypervisor; sizes in MiB. */
    record VdcProvisioned(UUID vdcId, int vcpus, int memoryMiB, int storageMiB, String location)
            implements ProvisioningFact {}

    /**
     * A virtual data center uses more storage than was agreed; published once, when that is detected.
     *
     * @param storageMiB what was agreed
     * @param usedBytes what it uses
     */
    record VdcQuotaExceeded(UUID vdcId, int storageMiB, long usedBytes) implements ProvisioningFact {}

    /** An order failed for good. */
    record ProvisioningFailed(UUID assetId, AssetKind kind, String reason) implements ProvisioningFact {}

    /**
     * Nobody can reach a disk any more; its data is untouched (row P2.2a). {@link AssetDisabled} ends the run.
     *
     * @param disablementId the run that it belongs to; an asset that is found reachable again is disabled in a new run
     */
    record MediumDisabled(UUID terminationId, UUID assetId, UUID disablementId, Disk disk)
            implements ProvisioningFact {}

    /**
     * Nobody can reach the asset or its disks any more; the data is untouched (rows P1.6a and P2.2a).
     *
     * @param disks how many disks it has; each was published before as a {@link MediumDisabled} of this run
     * @param disksDigest {@link MediaDigest#ofDisks} of them
     */
    record AssetDisabled(
            UUID terminationId, UUID assetId, AssetKind kind, UUID disablementId, int disks, String disksDigest)
            implements ProvisioningFact {}

    /**
     * Every asset that the hypervisor shows for the tenant is disabled, and the manifest is frozen: a deletion touches
     * only what is in it.
     *
     * @param assets how many
     * @param media how many disks they have together
     * @param manifestDigest {@link MediaDigest#ofManifest} of these disks
     */
    record TenantDisabled(UUID terminationId, int assets, int media, String manifestDigest)
            implements ProvisioningFact {}

    /** An asset is reachable again, as it was before it was disabled. */
    record AssetRestored(UUID terminationId, UUID assetId, AssetKind kind) implements ProvisioningFact {}

    /**
     * Every asset of the tenant is restored, except those that two people attested as lost.
     *
     * @param assets how many are restored
     * @param lost how many are lost
     */
    record TenantRestored(UUID terminationId, int assets, int lost) implements ProvisioningFact {}

    /**
     * A disk was sanitized, and then removed. {@link AssetSanitized} ends the run.
     *
     * @param sanitizationId the run that it belongs to; an asset that is found again is sanitized in a new run
     */
    record MediumSanitized(UUID terminationId, UUID assetId, UUID sanitizationId, SanitizedDisk disk)
            implements ProvisioningFact {}

    /**
     * The asset's disks were sanitized, and then removed.
     *
     * @param disks how many disks; each was published before as a {@link MediumSanitized} of this run
     * @param disksDigest {@link MediaDigest#ofSanitized} of them
     */
    record AssetSanitized(
            UUID terminationId, UUID assetId, AssetKind kind, UUID sanitizationId, int disks, String disksDigest)
            implements ProvisioningFact {}

    /** A fresh inventory of the hypervisor, independent of the service's own records, finds nothing of the tenant. */
    record TenantAssetsDeleted(UUID terminationId, int assets, Instant inventoriedAt) implements ProvisioningFact {}

    /**
     * An action on an asset, or on all assets of a tenant, failed.
     *
     * @param terminationId null outside a termination
     * @param action what was tried
     * @param assetId the asset; null if it was tried for the whole tenant
     * @param attempts how often it was tried, from 1
     * @param nextRetryAt when it is tried again; null if no further attempt will work: then somebody must fix the cause
     *     and have the command repeated
     */
    record AssetActionBlocked(
            @Nullable UUID terminationId,
            @Nullable UUID assetId,
            AssetAction action,
            String reason,
            int attempts,
            @Nullable Instant nextRetryAt)
            implements ProvisioningFact {}
}

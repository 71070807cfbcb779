package io.tenure.provisioning.platform;

import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * One platform that holds assets. It shows by a mark that it carries itself that it is the one on which they were placed: what
 * another storage shows, or an empty directory, says nothing of them.
 *
 * <p>Every call blocks, belongs on a worker thread, and is idempotent: called again, also after a crash in its middle, it ends
 * where one undisturbed call would have ended. Calls for one asset exclude each other, whichever replica makes them.
 *
 * <p>All methods throw {@link DriverException} if they could not do their work.
 */
public interface HypervisorDriver {

    /** The mark that the platform carries; empty where it has none, as where its storage is not mounted. */
    Optional<UUID> identity();

    /** Has the platform carry a mark from now on, unless it carries one. @return the mark that it carries */
    UUID mark(UUID proposed);

    /** Makes an asset that can be used. Refused once the asset was disabled: a late order brings nothing back. */
    void create(AssetSpec spec);

    /**
     * Makes an asset and its disks unreachable; no byte changes (matrix rows P1.6a and P2.2a). Whatever is inside a virtual
     * data center becomes unreachable with it; its machines are disabled one by one afterwards. An asset that does not
     * exist can no longer be created from then on.
     *
     * @return what is locked now
     */
    Disabled disable(AssetRef asset);

    /**
     * What a platform shows of an asset that it was to disable.
     *
     * @param existed whether there is such an asset; if not, it can only no longer be made
     */
    record Disabled(boolean existed, List<Disk> disks) {

        public Disabled {
            disks = List.copyOf(disks);
        }
    }

    /** Makes a disabled asset what it was before, to the byte. Machines in a virtual data center come before itself. */
    void restore(AssetRef asset);

    /** Everything that the platform holds for a tenant, from a look at the platform alone. */
    Inventory inventory(UUID tenantId);

    /**
     * Overwrites the disks of a disabled asset and reads them back (rows P2.1 and P4.4). Refused, before a byte is touched, while
     * the asset has not exactly these disks: one that is missing may be elsewhere, and one that nobody knows was kept for no
     * month.
     *
     * @param manifest the disks that the asset had when it was disabled
     * @param progress is told how far it is, now and then
     * @return how each disk was sanitized and verified
     */
    List<SanitizedDisk> sanitize(AssetRef asset, List<Disk> manifest, Progress progress);

    /** Removes an asset; refused while one of its disks is not sanitized: nothing is freed before (row P4.4). */
    void delete(AssetRef asset);

    /** Hears how far a wipe is. */
    @FunctionalInterface
    interface Progress {

        enum Phase {
            OVERWRITE,
            VERIFY
        }

        /**
         * @param disk the disk's name
         * @param done bytes done in this phase, ascending up to {@code total}
         */
        void advanced(String disk, Phase phase, long done, long total);
    }
}

package io.tenure.provisioning.platform;

import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * One platform that holds assets. It shows by a mark that it carries itself that it is the one on which they were placed: what
 * another storage shows, or an empty directory, says nothing of them.
 *
 * <p>Every call blocks, belongs on a worker thread, and is idempotent: called again, also after a crash in its middle, it ends
 * where one undisturbed call would have ended. Calls for one asset exclude each other, whichever replica makes them.
 *
 * <p>What changes an asset is given the caller's epoch. The platform keeps the highest one of each asset, also of those that are
 * gone, and refuses an older one: a worker that slept through the end of its lease changes nothing any more.
 *
 * <p>All methods throw {@link DriverException} if they could not do their work.
 */
public interface HypervisorDriver {

    /** The mark that the platform carries; empty where it has none, as where its storage is not mounted. */
    Optional<UUID> identity();

    /** Has the platform carry a mark from now on, unless it carries one. @return the mark that it carries */
    UUID mark(UUID proposed);

    /** The locations in which it can place an asset. */
    Set<String> locations();

    /**
     * Makes an asset that can be used. Refused once the asset was disabled: a late order brings nothing back.
     *
     * @return the location in which it lies now
     */
    String create(AssetSpec spec, long epoch);

    /**
     * Makes an asset and its disks unreachable; no byte changes (matrix rows P1.6a and P2.2a). Whatever is inside a virtual
     * data center becomes unreachable with it; its machines are disabled one by one afterwards. An asset that does not
     * exist can no longer be created from then on. Nothing that a customer can put into its asset stops this.
     *
     * @return what is locked now
     */
    Disabled disable(AssetRef asset, long epoch);

    /**
     * What a platform shows of an asset that it was to disable.
     *
     * @param existed whether there is such an asset; if not, it can only no longer be made
     * @param disks everything in it that may hold data, and whatever else is in it, without bytes
     */
    record Disabled(boolean existed, List<Disk> disks) {

        public Disabled {
            disks = List.copyOf(disks);
        }
    }

    /**
     * Makes a disabled asset what it was before, to the byte. Machines in a virtual data center come before itself. Refused, before
     * anybody gets access, while a disk is missing that must be there.
     *
     * @return whether there is such an asset; if not, it can only be made again
     */
    boolean restore(AssetRef asset, Expected expected, long epoch);

    /** Everything that the platform holds for a tenant, from a look at the platform alone. */
    Inventory inventory(UUID tenantId);

    /**
     * Overwrites the disks of a disabled asset and reads them back (rows P2.1 and P4.4). Refused, before a byte is touched, while
     * the asset has not exactly the disks that are expected: one that is missing may be elsewhere, and one that nobody knows was
     * kept for no month.
     *
     * @param progress is told how far it is, now and then
     */
    Sanitized sanitize(AssetRef asset, Expected expected, long epoch, Progress progress);

    /**
     * What came of a sanitization.
     *
     * @param existed false if the asset is nowhere to be found, which is accepted of a lost one only
     * @param disks how each disk that is there was sanitized and verified
     */
    record Sanitized(boolean existed, List<SanitizedDisk> disks) {

        public Sanitized {
            disks = List.copyOf(disks);
        }
    }

    /**
     * Removes an asset; refused while one of its disks is not sanitized: nothing is freed before (row P4.4). Of a lost disk that
     * has a name outside of the tenant's area too, only the name inside is removed: whose it is, nobody knows.
     */
    void delete(AssetRef asset, Expected expected, long epoch);

    /**
     * Shuts off what lies beside the tenant's assets, until one of these is restored. Nothing that carries another tenant's mark is
     * touched.
     */
    void shutOff(UUID tenantId, Inventory.Place place, long epoch);

    /** Makes what lies beside the tenant's assets one of them, which is disabled and carries the tenant's mark. */
    void takeIn(AssetRef.Own asset, Inventory.Place place, long epoch);

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

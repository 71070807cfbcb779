package io.tenure.platform;

import java.util.Set;
import java.util.UUID;

/**
 * What a platform is asked to do. Each is idempotent: repeated, also after a crash in the middle, it ends as one
 * undisturbed run would have ended.
 */
public sealed interface Command {

    /** Whose area it is about. */
    default UUID tenantId() {
        return switch (this) {
            case Create(AssetSpec spec) -> spec.ref().tenantId();
            case TakeIn(AssetRef.Own asset, Inventory.Place place) -> asset.tenantId();
            case ShutOff shutOff -> shutOff.tenantId();
            case Disable(AssetRef asset) -> asset.tenantId();
            case Restore(AssetRef asset, Expected expected) -> asset.tenantId();
            case Sanitize(AssetRef asset, Expected expected) -> asset.tenantId();
            case Delete(AssetRef asset, Expected expected) -> asset.tenantId();
        };
    }

    default Intent intent() {
        return switch (this) {
            case Create create -> Intent.CREATE;
            case TakeIn takeIn -> Intent.TAKE_IN;
            case ShutOff shutOff -> Intent.SHUT_OFF;
            case Disable disable -> Intent.DISABLE;
            case Restore restore -> Intent.RESTORE;
            case Sanitize sanitize -> Intent.SANITIZE;
            case Delete delete -> Intent.DELETE;
        };
    }

    /** Makes an asset that can be used. Refused once the asset was disabled: a late order brings nothing back. */
    record Create(AssetSpec spec) implements Command {}

    /** Makes what lies beside the tenant's assets one of them, which is disabled and carries the tenant's mark. */
    record TakeIn(AssetRef.Own asset, Inventory.Place place) implements Command {}

    /**
     * Shuts off what lies beside the tenant's assets, until one of these is restored, and assets that can be reached
     * although they were disabled. Nothing that carries another tenant's mark is touched.
     */
    record ShutOff(UUID tenantId, Set<Inventory.Place> places, Set<AssetRef> assets) implements Command {

        public ShutOff {
            places = Set.copyOf(places);
            assets = Set.copyOf(assets);
        }
    }

    /**
     * Makes an asset and its disks unreachable; no byte changes (matrix rows P1.6a and P2.2a). Whatever is inside a
     * virtual data center becomes unreachable with it; its machines are disabled one by one afterwards. An asset that
     * was never made can no longer be made from then on. Nothing that a customer can put into its asset stops this.
     */
    record Disable(AssetRef asset) implements Command {}

    /**
     * Makes a disabled asset what it was before, to the byte. Machines in a virtual data center are restored before the
     * data center. Refused, before anybody gets access, while a disk is missing that must be there.
     */
    record Restore(AssetRef asset, Expected expected) implements Command {}

    /**
     * Sanitizes the disks of a disabled asset and checks that (rows P2.1 and P4.4). Refused, before a byte is touched,
     * while the asset has not exactly the disks that are expected: one that is missing may be elsewhere, and one that
     * nobody knows was kept for no month.
     */
    record Sanitize(AssetRef asset, Expected expected) implements Command {}

    /**
     * Removes an asset; refused while one of its disks is not sanitized: nothing is freed before (row P4.4). Of a lost
     * disk that has a name outside of the tenant's area too, only the name inside is removed: whose it is, nobody
     * knows.
     */
    record Delete(AssetRef asset, Expected expected) implements Command {}
}

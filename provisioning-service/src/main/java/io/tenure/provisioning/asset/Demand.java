package io.tenure.provisioning.asset;

import io.tenure.platform.AssetRef;
import io.tenure.platform.AssetSpec;
import io.tenure.platform.Command;
import io.tenure.platform.Expected;
import io.tenure.platform.Inventory.Place;
import java.util.Optional;

/** What an asset's status demands of its platform next. */
final class Demand {

    private Demand() {}

    /**
     * Empty if nothing is under way.
     *
     * @param expected what the platform must still hold of the asset
     */
    static Optional<Command> of(Asset asset, Expected expected) {
        return switch (asset.status()) {
            case ORDERED -> Optional.of(new Command.Create(spec(asset)));
            case DISABLING -> Optional.of(takingIn(asset, expected).orElseGet(() -> new Command.Disable(asset.ref())));
            case RESTORING ->
                Optional.of(takingIn(asset, expected).orElseGet(() -> new Command.Restore(asset.ref(), expected)));
            case SANITIZING ->
                Optional.of(
                        asset.isVerified()
                                ? new Command.Delete(asset.ref(), expected)
                                : new Command.Sanitize(asset.ref(), expected));
            case PROVISIONED, FAILED, DISABLED, SANITIZED, LOST, REMOVED -> Optional.empty();
        };
    }

    /** Something that an operator took in becomes an asset of the platform first, unless it is lost. */
    private static Optional<Command> takingIn(Asset asset, Expected expected) {
        Optional<Place> found = expected.assetLost() ? Optional.empty() : asset.toTakeIn();
        return found.map(place -> new Command.TakeIn(own(asset), place));
    }

    private static AssetSpec spec(Asset asset) {
        return new AssetSpec(
                own(asset), asset.kind(), asset.image, asset.vcpus, asset.memoryMib, asset.storageMib, asset.location);
    }

    private static AssetRef.Own own(Asset asset) {
        return new AssetRef.Own(asset.tenantId(), asset.id());
    }
}

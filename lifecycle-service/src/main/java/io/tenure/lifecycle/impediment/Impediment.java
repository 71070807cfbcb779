package io.tenure.lifecycle.impediment;

import java.time.Instant;
import java.util.Collection;
import java.util.UUID;

/**
 * What forbids a deletion beside time and notices. A new kind is a new case here, and a query in {@link Impediments}; the
 * gate, the answer to other services and the certificate then respect it.
 */
public sealed interface Impediment {

    /** Whether no deletion may start. */
    boolean forbidsStart();

    /**
     * Whether this must not be deleted now, although the deletion has started.
     *
     * @param ids an asset and what it lies in; empty for what belongs to the tenant as a whole, such as its keys
     */
    boolean forbids(Collection<UUID> ids);

    /** Why, and who can do what about it, in a sentence that customers may read. */
    String reason();

    /**
     * A legal hold that is not released.
     *
     * @param assetId the only asset that it is about; null for everything
     */
    record Held(UUID holdId, UUID assetId, Instant since) implements Impediment {

        /** Whom a customer may ask: the order itself is nothing that this system tells it. */
        public static final String ASK = "Ask your account manager.";

        /** One that names an asset lets the rest be deleted. */
        @Override
        public boolean forbidsStart() {
            return assetId == null;
        }

        @Override
        public boolean forbids(Collection<UUID> ids) {
            return assetId == null || ids.contains(assetId);
        }

        @Override
        public String reason() {
            return (assetId == null
                            ? "A legal hold forbids to delete anything of the tenant"
                            : "A legal hold forbids to delete the asset " + assetId + ", and to certify the deletion")
                    + ". It ends when a second person releases it. " + ASK;
        }
    }
}

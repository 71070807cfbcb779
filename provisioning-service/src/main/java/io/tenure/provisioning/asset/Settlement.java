package io.tenure.provisioning.asset;

import io.tenure.events.ProvisioningFact;
import io.tenure.events.ProvisioningFact.Disk;
import java.util.List;
import java.util.Optional;

/** What the outcome of an operation means for an asset. */
sealed interface Settlement {

    /**
     * The asset's status changed.
     *
     * @param disks the asset's disks from now on; empty if they did not change
     * @param facts what to publish
     */
    record Settled(Optional<List<Disk>> disks, List<ProvisioningFact> facts) implements Settlement {

        static Settled telling(ProvisioningFact... facts) {
            return new Settled(Optional.empty(), List.of(facts));
        }

        static Settled telling(List<ProvisioningFact> facts) {
            return new Settled(Optional.empty(), facts);
        }
    }

    /** An intermediate step: another operation follows. */
    record Onward() implements Settlement {}

    /** The outcome is not credible or not what is required. @param reason what is wrong and what to do about it */
    record Obstructed(String reason) implements Settlement {}
}

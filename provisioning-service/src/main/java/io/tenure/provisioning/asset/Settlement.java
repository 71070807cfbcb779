package io.tenure.provisioning.asset;

import io.tenure.events.ProvisioningFact;
import io.tenure.events.ProvisioningFact.Disk;
import java.util.List;
import java.util.Optional;

/** What the outcome of an operation means for an asset. */
sealed interface Settlement {

    /**
     * The asset's status is another one now.
     *
     * @param disks the disks that it has from now on; empty if they are as before
     * @param facts what is told
     */
    record Settled(Optional<List<Disk>> disks, List<ProvisioningFact> facts) implements Settlement {

        static Settled telling(ProvisioningFact... facts) {
            return new Settled(Optional.empty(), List.of(facts));
        }

        static Settled telling(List<ProvisioningFact> facts) {
            return new Settled(Optional.empty(), facts);
        }
    }

    /** That was a step on the way: another operation follows. */
    record Onward() implements Settlement {}

    /** It cannot be believed, or is not what must be. @param reason what is to be done about it */
    record Obstructed(String reason) implements Settlement {}
}

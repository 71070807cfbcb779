package io.tenure.platform;

import io.tenure.events.ProvisioningFact.SanitizedDisk;
import java.util.List;

/** What came of a {@link Command}. */
public sealed interface Outcome {

    /**
     * @param location where the asset lies now
     * @param nativeId what the platform calls it
     */
    record Created(String location, String nativeId) implements Outcome {}

    record TakenIn() implements Outcome {}

    record ShutOff() implements Outcome {}

    /** @param presence with everything in the asset that may hold data, and whatever else is in it, without bytes */
    record Disabled(Presence presence) implements Outcome {}

    record Restored(Presence presence) implements Outcome {}

    /** @param disks how each disk that is there was sanitized and checked; none unless the asset is present */
    record Sanitized(Presence presence, List<SanitizedDisk> disks) implements Outcome {

        public Sanitized {
            disks = List.copyOf(disks);
        }
    }

    record Deleted() implements Outcome {}
}

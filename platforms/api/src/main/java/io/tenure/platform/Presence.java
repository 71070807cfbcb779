package io.tenure.platform;

import io.tenure.events.ProvisioningFact.Disk;
import java.util.List;

/** Whether an asset is on a platform: three answers, because not seeing it does not prove that it is gone. */
public sealed interface Presence {

    /** It is there, with these disks. */
    record Present(List<Disk> disks) implements Presence {

        public Present {
            disks = List.copyOf(disks);
        }
    }

    /** It is not there, and the platform knows why: it never made it, or its owner removed it from a VDC that is there. */
    record ProvenAbsent() implements Presence {}

    /** The platform does not show it, and it may be anywhere. */
    record Unknown() implements Presence {}
}

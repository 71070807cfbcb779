package io.tenure.provisioning.asset;

import io.tenure.events.ProvisioningFact.SanitizedDisk;
import java.util.List;
import org.hibernate.annotations.Immutable;

/** How the disks of an asset were sanitized; kept until they are removed. */
@Immutable
record Evidence(List<SanitizedDisk> disks) {

    Evidence {
        disks = List.copyOf(disks);
    }
}

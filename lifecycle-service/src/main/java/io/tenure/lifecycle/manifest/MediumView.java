package io.tenure.lifecycle.manifest;

import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A disk of a manifest, as the API shows it. */
@Schema(name = "Medium")
public record MediumView(
        UUID id,
        UUID assetId,

        @Schema(description = "As on the hypervisor, unique within the asset")
        String name,

        @Schema(description = "Its size when it was disabled")
        long bytes,

        @Schema(description = "OPEN until it is proven sanitized at its full size, or attested lost by two people")
        Accounted accounted) {

    /** How a disk is accounted for. */
    public enum Accounted {
        OPEN,
        SANITIZED,
        LOST
    }
}

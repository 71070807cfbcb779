package io.tenure.provisioning.asset;

import io.tenure.kit.text.Name;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** An order for a virtual data center. */
@Schema(name = "NewVdc")
record NewVdc(
        @NotNull
        @Pattern(
                regexp = AssetResource.NAME,
                message = "must have 1 to 63 letters, digits, spaces, dots, underscores and hyphens")
        @Schema(examples = "production")
        String name,

        @NotNull @Min(1) @Max(4096) Integer vcpus,
        @NotNull @Min(64) @Max(67_108_864) Integer memoryMiB,
        @NotNull @Min(1) @Max(1_073_741_824) Integer storageMiB,

        @NotNull @Name(max = 64) @Schema(description = "One of the tenant's allowed locations", examples = "de-fra-1")
        String location) {}

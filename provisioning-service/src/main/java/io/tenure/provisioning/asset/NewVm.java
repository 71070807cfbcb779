package io.tenure.provisioning.asset;

import io.tenure.kit.text.Name;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** An order for a virtual machine. */
@Schema(name = "NewVm")
record NewVm(
        @NotNull
        @Pattern(
                regexp = AssetResource.NAME,
                message = "must have 1 to 63 letters, digits, spaces, dots, underscores and hyphens")
        @Schema(examples = "web-1")
        String name,

        @NotNull @Name(max = 64) @Schema(description = "As in /v1/images", examples = "debian-13")
        String image,

        @NotNull @Min(1) @Max(256) Integer vcpus,
        @NotNull @Min(64) @Max(4_194_304) Integer memoryMiB,
        @NotNull @Min(1) @Max(16_777_216) Integer diskMiB,

        @NotNull @Name(max = 64) @Schema(description = "One of the tenant's allowed locations", examples = "de-fra-1")
        String location) {}

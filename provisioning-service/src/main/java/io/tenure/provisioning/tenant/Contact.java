package io.tenure.provisioning.tenant;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * How to reach a tenant's administrator. Name, e-mail and phone, and nothing else (matrix row P8.1): any further field is
 * refused by its name.
 */
@Schema(name = "Contact", description = "The administrator: name, e-mail and phone only; any other field is refused")
record Contact(
        @NotBlank
        @Size(max = 200)
        @Pattern(regexp = "\\P{Cntrl}*", message = "must be a single line")
        @Schema(examples = "Ada Lovelace")
        String name,

        @NotNull
        @Size(max = 254)
        @Pattern(
                regexp = "[^\\s\\p{Cntrl}<>()\\[\\],;:\\\\\"@]{1,64}@[^\\s\\p{Cntrl}<>()\\[\\],;:\\\\\"@]{1,189}",
                message = "must be a plain e-mail address")
        @Schema(examples = "ada@customer.example")
        String email,

        @NotNull
        @Pattern(regexp = "\\+?[0-9][0-9 ()./-]{3,30}", message = "must be a phone number")
        @Schema(examples = "+49 69 1234567")
        String phone) {

    /** What it is used for, told to whoever sees it (row P8.1). */
    static final String PURPOSE =
            "Used only to run this account and to support it: hand-over of credentials, notices about"
                    + " termination, maintenance and incidents, and answers to requests. Never for advertising, never passed on.";

    /** Nothing, so that it appears in no log. */
    @Override
    public String toString() {
        return "Contact";
    }
}

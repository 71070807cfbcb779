package io.tenure.provisioning.tenant;

import io.tenure.kit.text.Email;
import io.tenure.kit.text.Name;
import io.tenure.kit.text.Phone;
import io.tenure.kit.text.PhoneNumber;
import jakarta.validation.constraints.NotNull;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * How to reach a tenant's administrator. Name, e-mail and phone only (matrix row P8.1): any other field is refused, and
 * the refusal names it.
 */
@Schema(name = "Contact", description = "The administrator: name, e-mail and phone only; any other field is refused")
record Contact(
        @NotNull @Name(max = 200) @Schema(examples = "Ada Lovelace")
        String name,

        @NotNull
        @Email
        @Schema(
                examples = "ada@customer.example",
                description = "With a full domain name; an internationalised one may be in its own"
                        + " letters or as A-labels")
        String email,

        @NotNull
        @Phone
        @Schema(
                examples = "+49 69 1234567 ext. 12",
                description = "With + and country code; stored in the form of ITU-T E.123")
        String phone) {

    Contact {
        phone = phone == null
                ? null
                : PhoneNumber.parse(phone).map(PhoneNumber::text).orElse(phone);
    }

    /** What it is used for, shown with the contact (row P8.1). */
    static final String PURPOSE =
            "Used only to run this account and to support it: hand-over of credentials, notices about"
                    + " termination, maintenance and incidents, and answers to requests. Never for advertising, never passed on.";

    /** No content, so that personal data does not get into logs. */
    @Override
    public String toString() {
        return "Contact";
    }
}

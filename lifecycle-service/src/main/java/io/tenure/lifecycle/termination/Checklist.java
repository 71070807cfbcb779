package io.tenure.lifecycle.termination;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What the customer confirms before a termination (ISO/IEC 27017 CLD.8.1.5; matrix rows C2.1 to C2.4). Every item must
 * be there and true.
 */
@Schema(description = "What the customer confirms; every item must be there and true")
public record Checklist(
        @Schema(description = "The data is backed up, or is not needed any more (C2.1)", required = true)
        Boolean dataBackedUp,

        @Schema(description = "Sensitive data is erased or encrypted (C2.2)", required = true)
        Boolean sensitiveDataErasedOrEncrypted,

        @Schema(description = "Users are decommissioned (C2.3)", required = true)
        Boolean usersDecommissioned,

        @Schema(description = "Third-party integrations are disabled (C2.3)", required = true)
        Boolean integrationsDisabled,

        @Schema(description = "The customer's own policies are complied with (C2.4)", required = true)
        Boolean ownPoliciesFollowed) {

    /**
     * An item that is not confirmed.
     *
     * @param item its name in the request
     * @param row the matrix row that asks for it
     * @param found {@code missing} or {@code false}
     */
    public record Unconfirmed(String item, String row, String found) {}

    /** The checklist of a request that has none. */
    public static final Checklist EMPTY = new Checklist(null, null, null, null, null);

    /** What is not confirmed, in the checklist's order; empty if it is complete. */
    public List<Unconfirmed> unconfirmed() {
        return Stream.of(
                        item("dataBackedUp", "C2.1", dataBackedUp),
                        item("sensitiveDataErasedOrEncrypted", "C2.2", sensitiveDataErasedOrEncrypted),
                        item("usersDecommissioned", "C2.3", usersDecommissioned),
                        item("integrationsDisabled", "C2.3", integrationsDisabled),
                        item("ownPoliciesFollowed", "C2.4", ownPoliciesFollowed))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<Unconfirmed> item(String name, String row, Boolean given) {
        return Boolean.TRUE.equals(given)
                ? Optional.empty()
                : Optional.of(new Unconfirmed(name, row, given == null ? "missing" : "false"));
    }
}

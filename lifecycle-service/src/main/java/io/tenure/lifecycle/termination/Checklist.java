package io.tenure.lifecycle.termination;

import io.tenure.events.MatrixRow;
import io.tenure.kit.problem.Problem;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What the customer confirms before a termination (ISO/IEC 27017 CLD.8.1.5; matrix rows C2.1 to C2.4). Every item must
 * be present and true.
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

        @Schema(description = "The customer complies with its own policies (C2.4)", required = true)
        Boolean ownPoliciesFollowed) {

    /**
     * An item that is not confirmed.
     *
     * @param item its name in the request
     * @param row the matrix row that asks for it
     * @param found {@code missing} or {@code false}
     */
    public record Unconfirmed(String item, MatrixRow row, String found) {}

    /** The items by their names in the request, with the matrix row that asks for each, in the checklist's order. */
    static final Map<String, MatrixRow> ROWS = rows();

    private static final Checklist EMPTY = new Checklist(null, null, null, null, null);

    /**
     * Refuses a request whose checklist is not confirmed item by item.
     *
     * @param given null if the request has none
     * @throws Problem 400 that names what is not confirmed
     */
    static void mustBeComplete(Checklist given) {
        List<Unconfirmed> unconfirmed = (given == null ? EMPTY : given).unconfirmed();
        if (!unconfirmed.isEmpty()) {
            throw new Problem(
                            400,
                            "checklist-incomplete",
                            "The checklist is not complete",
                            "Confirm with true before asking for the termination: "
                                    + unconfirmed.stream()
                                            .map(one -> "checklist." + one.item() + " is " + one.found() + " (row "
                                                    + one.row().id() + ")")
                                            .collect(Collectors.joining(", "))
                                    + ".")
                    .with("unconfirmed", unconfirmed);
        }
    }

    /** What is not confirmed, in the checklist's order; empty if it is complete. */
    public List<Unconfirmed> unconfirmed() {
        return Stream.of(
                        item("dataBackedUp", dataBackedUp),
                        item("sensitiveDataErasedOrEncrypted", sensitiveDataErasedOrEncrypted),
                        item("usersDecommissioned", usersDecommissioned),
                        item("integrationsDisabled", integrationsDisabled),
                        item("ownPoliciesFollowed", ownPoliciesFollowed))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<Unconfirmed> item(String name, Boolean given) {
        return Boolean.TRUE.equals(given)
                ? Optional.empty()
                : Optional.of(new Unconfirmed(name, ROWS.get(name), given == null ? "missing" : "false"));
    }

    private static Map<String, MatrixRow> rows() {
        Map<String, MatrixRow> rows = new LinkedHashMap<>();
        rows.put("dataBackedUp", MatrixRow.C2_1);
        rows.put("sensitiveDataErasedOrEncrypted", MatrixRow.C2_2);
        rows.put("usersDecommissioned", MatrixRow.C2_3);
        rows.put("integrationsDisabled", MatrixRow.C2_3);
        rows.put("ownPoliciesFollowed", MatrixRow.C2_4);
        return Collections.unmodifiableMap(rows);
    }
}

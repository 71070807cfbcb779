package io.tenure.lifecycle.worklist;

import io.tenure.kit.access.Roles;
import io.tenure.lifecycle.termination.TerminationState;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Something that holds a termination up, or that somebody must look at, as the API shows it to operations. */
@Schema(name = "OpenMatter")
public record OpenMatter(
        UUID id,
        MatterKind kind,
        UUID tenantId,

        @Schema(description = "Absent outside a termination")
        UUID terminationId,

        @Schema(description = "The state of the termination")
        TerminationState state,

        @Schema(description = "What is in the way, as the API's path")
        String resource,

        @Schema(description = "The service that has to resolve it, or operations for a person")
        String owner,

        String reason,

        @Schema(description = "How often it was tried") int attempts,

        @Schema(description = "When it is looked at next by itself; absent if it is not")
        Instant nextLookAt,

        @Schema(description = "What may help") List<Action> actions) {

    /** An operation that may help. */
    @Schema(name = "PossibleAction")
    public record Action(
            @Schema(description = "Method and path", examples = "POST /v1/terminations/0198.../retries")
            String operation,

            @Schema(description = "Whose operation it is") String service,

            @Schema(description = "One of these is needed") List<String> roles) {

        private static final List<String> OPERATIONS = List.of(Roles.CSP_OPERATOR, Roles.CSP_ADMIN);
        private static final String RETRY = "POST /v1/terminations/%s/retries";
        private static final String LOSE = "POST /v1/terminations/%s/losses";
        private static final String RELEASE = "DELETE /v1/holds/%s";

        /**
         * What may help.
         *
         * @param terminationId null outside a termination
         * @param holdId null unless it is about one
         */
        static List<Action> on(MatterKind kind, UUID tenantId, UUID terminationId, UUID holdId) {
            return switch (kind) {
                case GATE ->
                    List.of(
                            of(RETRY, terminationId),
                            new Action("POST /v1/deletion-gate/releases", "lifecycle", OPERATIONS),
                            new Action("POST /v1/deletion-gate/resumption", "lifecycle", List.of(Roles.CSP_ADMIN)));
                case FAILURE, EVIDENCE -> List.of(of(RETRY, terminationId), of(LOSE, terminationId));
                case NOTICE ->
                    List.of(
                            new Action(
                                    "PUT /v1/tenants/%s/contact".formatted(tenantId),
                                    "provisioning",
                                    List.of(Roles.ACCOUNT_MANAGER, Roles.TENANT_ADMIN)),
                            of(RETRY, terminationId));
                case OVERDUE -> List.of(of(RETRY, terminationId));
                case HOLD -> List.of(of(RELEASE, holdId));
                case REVIEW -> List.of(of("POST /v1/holds/%s/reviews", holdId), of(RELEASE, holdId));
            };
        }

        private static Action of(String operation, UUID id) {
            return new Action(operation.formatted(id), "lifecycle", OPERATIONS);
        }
    }
}

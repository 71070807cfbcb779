package io.tenure.lifecycle.extension;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.access.Roles;
import io.tenure.kit.idempotency.IdempotencyKeys;
import io.tenure.kit.idempotency.Once;
import io.tenure.kit.text.Name;
import io.tenure.lifecycle.termination.TerminationQueries;
import io.tenure.lifecycle.termination.TerminationView;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Makes a retention longer. */
@Path("/v1/terminations/{id}/extension")
@Tag(name = "Retention")
@Produces(MediaType.APPLICATION_JSON)
public class ExtensionResource {

    /** A later end. */
    @Schema(name = "NewExtension")
    record NewExtension(
            @NotNull @Schema(description = "The new end; later than the present one, within what the terms allow")
            Instant retentionEndsAt,

            @NotNull @Name(max = 500) @Schema(description = "In your own words; for the provider's staff and auditors")
            String reason) {}

    private final TerminationQueries terminations;
    private final Extensions extensions;
    private final IdempotencyKeys keys;

    ExtensionResource(TerminationQueries terminations, Extensions extensions, IdempotencyKeys keys) {
        this.terminations = terminations;
        this.extensions = extensions;
        this.keys = keys;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed({Roles.CSP_OPERATOR, Roles.TENANT_ADMIN, Roles.DEPARTING_ADMIN})
    @Operation(
            summary = "Extend the retention",
            description =
                    "The customer is told the new end, and warned again before it. The customer itself may do so a"
                            + " limited number of times, by a limited length; see the tenant's retention policy. Roles:"
                            + " csp-operator; tenant-admin and departing-admin for their own tenant.")
    @APIResponse(responseCode = "200", description = "It ends later")
    @APIResponse(
            responseCode = "409",
            description = "not-retained, end-in-the-past, below-minimum, retention-shortened, beyond-maximum,"
                    + " extended-before, beyond-customer-limit")
    public Uni<TerminationView> extend(
            @PathParam("id") UUID id,
            @HeaderParam("Idempotency-Key") String key,
            @Valid @NotNull NewExtension request) {
        return keys.once(
                        key,
                        "POST /v1/terminations/" + id + "/extension",
                        request,
                        // Read in the transaction that extends it, so that the answer shows exactly its result.
                        unused -> extensions
                                .extend(id, request.retentionEndsAt(), request.reason())
                                .chain(() -> terminations.one(id)),
                        TerminationView::id)
                .flatMap(once -> switch (once) {
                    case Once.First<TerminationView>(TerminationView view) ->
                        Uni.createFrom().item(view);
                    case Once.Repeated<TerminationView>(UUID repeated) -> terminations.one(repeated);
                });
    }
}

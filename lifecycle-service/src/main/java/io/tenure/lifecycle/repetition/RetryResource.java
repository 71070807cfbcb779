package io.tenure.lifecycle.repetition;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.access.Roles;
import io.tenure.kit.idempotency.IdempotencyKeys;
import io.tenure.kit.page.Page;
import io.tenure.kit.page.PageRequest;
import io.tenure.kit.text.Name;
import io.tenure.lifecycle.intervention.Interventions;
import io.tenure.lifecycle.intervention.Interventions.Intervention;
import io.tenure.lifecycle.termination.TerminationQueries;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Retries what blocks a termination, and shows who asked for it. */
@Path("/v1/terminations/{id}")
@Tag(name = "Terminations")
@Produces(MediaType.APPLICATION_JSON)
public class RetryResource {

    /** The reason for a retry. */
    @Schema(name = "Retry")
    record Retry(
            @NotNull
            @Name(max = 500)
            @Schema(description = "What was fixed, in your own words; for the provider's staff and auditors")
            String reason) {}

    private final TerminationQueries terminations;
    private final Interventions interventions;
    private final Retries retries;
    private final IdempotencyKeys keys;

    RetryResource(TerminationQueries terminations, Interventions interventions, Retries retries, IdempotencyKeys keys) {
        this.terminations = terminations;
        this.interventions = interventions;
        this.retries = retries;
        this.keys = keys;
    }

    @POST
    @Path("/retries")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed({Roles.CSP_OPERATOR, Roles.CSP_ADMIN})
    @Operation(
            summary = "Retry at once what blocks a termination",
            description = "After a repair: the current command is issued again, or the deletion is decided"
                    + " about again. Roles: csp-operator, csp-admin.")
    @APIResponse(responseCode = "204", description = "It is tried; see the termination for the result")
    @APIResponse(responseCode = "409", description = "nothing-blocked: nothing blocks the termination")
    public Uni<Response> retry(
            @PathParam("id") UUID id, @HeaderParam("Idempotency-Key") String key, @Valid @NotNull Retry request) {
        return keys.once(
                        key,
                        "POST /v1/terminations/" + id + "/retries",
                        request,
                        unused -> retries.retry(id, request.reason()),
                        Function.identity())
                .map(once -> Response.noContent().build());
    }

    @GET
    @Path("/interventions")
    @RolesAllowed({Roles.CSP_OPERATOR, Roles.CSP_ADMIN, Roles.AUDITOR})
    @Operation(
            summary = "List what people did to a termination under way, oldest first",
            description = "With their reasons. Roles: csp-operator, csp-admin, auditor.")
    @APIResponse(responseCode = "200", description = "A page")
    public Uni<Page<Intervention>> interventions(@PathParam("id") UUID id, @Valid @BeanParam PageRequest page) {
        UUID after = page.after();
        return terminations.visible(id).chain(() -> interventions.page(id, page.limit(), after));
    }
}

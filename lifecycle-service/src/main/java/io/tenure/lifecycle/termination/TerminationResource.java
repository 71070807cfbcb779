package io.tenure.lifecycle.termination;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.access.Caller;
import io.tenure.kit.access.Roles;
import io.tenure.kit.idempotency.IdempotencyKeys;
import io.tenure.kit.idempotency.Once;
import io.tenure.kit.page.Page;
import io.tenure.kit.page.PageRequest;
import io.tenure.lifecycle.termination.Terminations.Requested;
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
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Requests and shows terminations. */
@Path("/v1/terminations")
@Tag(name = "Terminations")
@Produces(MediaType.APPLICATION_JSON)
public class TerminationResource {

    /** A request for a termination. */
    @Schema(name = "NewTermination")
    record NewTermination(
            @NotNull UUID tenantId, @Schema(required = true) Checklist checklist) {}

    private final Terminations terminations;
    private final TerminationQueries queries;
    private final IdempotencyKeys keys;
    private final Caller caller;

    TerminationResource(Terminations terminations, TerminationQueries queries, IdempotencyKeys keys, Caller caller) {
        this.terminations = terminations;
        this.queries = queries;
        this.keys = keys;
        this.caller = caller;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed({Roles.ACCOUNT_MANAGER, Roles.TENANT_ADMIN})
    @Operation(
            summary = "Request the termination of a tenant",
            description = "Everything is disabled at once, kept for the retention, and then deleted. A"
                    + " tenant has one termination: a repeated request gets 200 and the same one, even after"
                    + " the deletion. Only after a cancellation can a new one begin, with another"
                    + " Idempotency-Key. A key stays bound to its termination, so a request that is repeated"
                    + " late begins none. Roles: account-manager; tenant-admin for its own tenant.")
    @APIResponse(
            responseCode = "202",
            description = "Begun; follow it at Location",
            content = @Content(schema = @Schema(implementation = TerminationView.class)))
    @APIResponse(
            responseCode = "200",
            description = "The tenant has this termination already",
            content = @Content(schema = @Schema(implementation = TerminationView.class)))
    @APIResponse(responseCode = "400", description = "checklist-incomplete, idempotency-key-required")
    @APIResponse(responseCode = "404", description = "not-found: no such tenant is known here (yet)")
    public Uni<Response> request(
            @Parameter(required = true, description = "An id of your own for this request")
                    @HeaderParam("Idempotency-Key")
                    String key,
            @Valid @NotNull NewTermination request) {
        caller.mustSee(request.tenantId(), "tenant");
        Checklist.mustBeComplete(request.checklist());
        return keys.once(
                        IdempotencyKeys.mustHave(key),
                        "POST /v1/terminations",
                        request,
                        id -> terminations.request(id, request.tenantId()),
                        Requested::id)
                .flatMap(once -> switch (once) {
                    case Once.First<Requested>(Requested.Begun begun) ->
                        Uni.createFrom().item(accepted(begun));
                    case Once.First<Requested>(Requested.Present present) -> present(present.id());
                    case Once.Repeated<Requested>(UUID id) -> present(id);
                });
    }

    private static Response accepted(Requested.Begun begun) {
        return Response.accepted(TerminationView.of(begun.termination(), begun.impediments(), List.of()))
                .location(URI.create(begun.termination().path()))
                .build();
    }

    private Uni<Response> present(UUID id) {
        return queries.one(id).map(termination -> Response.ok(termination).build());
    }

    @GET
    @RolesAllowed({
        Roles.ACCOUNT_MANAGER,
        Roles.CSP_OPERATOR,
        Roles.CSP_ADMIN,
        Roles.AUDITOR,
        Roles.TENANT_ADMIN,
        Roles.DEPARTING_ADMIN
    })
    @Operation(
            summary = "List terminations, oldest first",
            description = "Roles: account-manager, csp-operator, csp-admin, auditor; tenant-admin and"
                    + " departing-admin see their own tenant's.")
    @APIResponse(responseCode = "200", description = "A page")
    public Uni<Page<TerminationView>> list(
            @QueryParam("tenantId") UUID tenantId,
            @QueryParam("state") TerminationState state,
            @Valid @BeanParam PageRequest page) {
        return queries.page(tenantId, state, page.limit(), page.after());
    }

    @GET
    @Path("/{id}")
    @RolesAllowed({
        Roles.ACCOUNT_MANAGER,
        Roles.CSP_OPERATOR,
        Roles.CSP_ADMIN,
        Roles.AUDITOR,
        Roles.TENANT_ADMIN,
        Roles.DEPARTING_ADMIN
    })
    @Operation(
            summary = "Show a termination and what blocks it",
            description =
                    "Roles: account-manager, csp-operator, csp-admin, auditor; tenant-admin and departing-admin for their own tenant.")
    @APIResponse(
            responseCode = "200",
            description = "The termination",
            content = @Content(schema = @Schema(implementation = TerminationView.class)))
    public Uni<TerminationView> one(@PathParam("id") UUID id) {
        return queries.one(id);
    }
}

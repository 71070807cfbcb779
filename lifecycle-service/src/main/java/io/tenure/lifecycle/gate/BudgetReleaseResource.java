package io.tenure.lifecycle.gate;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.access.Roles;
import io.tenure.kit.idempotency.IdempotencyKeys;
import io.tenure.kit.idempotency.Once;
import io.tenure.kit.page.Page;
import io.tenure.kit.page.PageRequest;
import io.tenure.kit.text.Name;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
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
import java.net.URI;
import java.time.LocalDate;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** More deletions on a day than its budget, which two people must want. */
@Path("/v1/deletion-gate/releases")
@Tag(name = "Deletion gate")
@Produces(MediaType.APPLICATION_JSON)
public class BudgetReleaseResource {

    /** A wish for more. */
    @Schema(name = "NewBudgetRelease")
    record NewRelease(
            @Schema(nullable = true, description = "In UTC, today or later; absent for today")
            LocalDate day,

            @NotNull @Min(1) @Max(1_000_000) @Schema(description = "How many more may start")
            Integer number,

            @NotNull @Name(max = 500) @Schema(description = "In your own words; for the provider's staff and auditors")
            String reason) {}

    private final BudgetReleases releases;
    private final IdempotencyKeys keys;

    BudgetReleaseResource(BudgetReleases releases, IdempotencyKeys keys) {
        this.releases = releases;
        this.keys = keys;
    }

    @GET
    @RolesAllowed({Roles.CSP_OPERATOR, Roles.CSP_ADMIN, Roles.AUDITOR})
    @Operation(
            summary = "List what was asked for beyond the budget, oldest first",
            description = "Roles: csp-operator, csp-admin, auditor.")
    @APIResponse(responseCode = "200", description = "A page")
    public Uni<Page<BudgetReleaseView>> list(@Valid @BeanParam PageRequest page) {
        return releases.page(page.limit(), page.after());
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed({Roles.CSP_OPERATOR, Roles.CSP_ADMIN})
    @Operation(
            summary = "Ask for more deletions on a day than its budget",
            description = "Nothing follows before a second person approves it. Roles: csp-operator, csp-admin.")
    @APIResponse(
            responseCode = "201",
            description = "Kept; a second person approves it at Location",
            content = @Content(schema = @Schema(implementation = BudgetReleaseView.class)))
    @APIResponse(responseCode = "409", description = "day-over")
    public Uni<Response> ask(@HeaderParam("Idempotency-Key") String key, @Valid @NotNull NewRelease request) {
        return keys.once(
                        key,
                        "POST /v1/deletion-gate/releases",
                        request,
                        id -> releases.ask(id, request.day(), request.number(), request.reason()),
                        BudgetRelease::id)
                .flatMap(once -> switch (once) {
                    case Once.First<BudgetRelease>(BudgetRelease release) ->
                        Uni.createFrom().item(release);
                    case Once.Repeated<BudgetRelease>(UUID id) -> releases.one(id);
                })
                .map(release -> Response.created(URI.create("/v1/deletion-gate/releases/" + release.id()))
                        .entity(BudgetReleaseView.of(release))
                        .build());
    }

    @GET
    @Path("/{id}")
    @RolesAllowed({Roles.CSP_OPERATOR, Roles.CSP_ADMIN, Roles.AUDITOR})
    @Operation(
            summary = "Show what was asked for beyond the budget",
            description = "Roles: csp-operator, csp-admin, auditor.")
    @APIResponse(responseCode = "200", description = "The release")
    public Uni<BudgetReleaseView> one(@PathParam("id") UUID id) {
        return releases.one(id).map(BudgetReleaseView::of);
    }

    @POST
    @Path("/{id}/approval")
    @RolesAllowed(Roles.CSP_ADMIN)
    @Operation(
            summary = "Approve more deletions, as the second person",
            description = "What waited for the budget is decided about at once. A repetition changes nothing. Roles:"
                    + " csp-admin; not who asked for it.")
    @APIResponse(responseCode = "200", description = "They may start")
    @APIResponse(responseCode = "409", description = "second-person-needed, day-over")
    public Uni<BudgetReleaseView> approve(@PathParam("id") UUID id) {
        return releases.approve(id).map(BudgetReleaseView::of);
    }
}

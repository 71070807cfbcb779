package io.tenure.lifecycle.hold;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.access.Roles;
import io.tenure.kit.idempotency.IdempotencyKeys;
import io.tenure.kit.idempotency.Once;
import io.tenure.kit.page.Page;
import io.tenure.kit.page.PageRequest;
import io.tenure.kit.text.Name;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Legal holds. Tenants' own people see neither the authority nor the reason: only that there is a hold. */
@Path("/v1")
@Tag(name = "Legal holds")
@Produces(MediaType.APPLICATION_JSON)
public class HoldResource {

    /** A hold to set. */
    @Schema(name = "NewHold")
    record NewHold(
            @Schema(
                    nullable = true,
                    description =
                            "The only asset that it is about, or a virtual data center with its machines; absent for"
                                    + " everything that the tenant has")
            UUID assetId,

            @NotNull @Name(max = 200) @Schema(description = "Who ordered it, such as a court")
            String authority,

            @NotNull @Name(max = 200) @Schema(description = "The authority's own reference")
            String caseReference,

            @NotNull @Name(max = 1000) @Schema(description = "In your own words; for the provider's staff and auditors")
            String reason,

            @NotNull @Schema(description = "When somebody must look at whether it is still needed; in the future")
            Instant reviewAt) {

        LegalHold.Order order() {
            return new LegalHold.Order(assetId, authority, caseReference, reason, reviewAt);
        }
    }

    /** Why a hold is released. */
    @Schema(name = "HoldRelease")
    record Release(
            @NotNull @Name(max = 1000) @Schema(description = "In your own words; for the provider's staff and auditors")
            String reason) {}

    /** A review that keeps the hold. */
    @Schema(name = "HoldReview")
    record Review(
            @NotNull @Schema(description = "When somebody must look again; in the future")
            Instant reviewAt) {}

    private final Holds holds;
    private final IdempotencyKeys keys;

    HoldResource(Holds holds, IdempotencyKeys keys) {
        this.holds = holds;
        this.keys = keys;
    }

    @POST
    @Path("/tenants/{id}/holds")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Roles.CSP_OPERATOR)
    @Operation(
            summary = "Set a legal hold",
            description =
                    "From the answer on nothing that it is about is deleted, in terminations under way and in those"
                            + " that follow, until somebody else releases it. A deletion that had begun stops, and the answer"
                            + " says what is gone already. A hold on one asset lets the rest be deleted, and keeps the"
                            + " certificate from being issued. Disablement and cancellation go on. Roles: csp-operator.")
    @APIResponse(
            responseCode = "201",
            description = "It is in force",
            content = @Content(schema = @Schema(implementation = HoldView.class)))
    @APIResponse(responseCode = "404", description = "not-found: no such tenant is known here (yet)")
    @APIResponse(responseCode = "409", description = "nothing-left-to-hold, review-not-to-come")
    public Uni<Response> set(
            @PathParam("id") UUID tenantId,
            @HeaderParam("Idempotency-Key") String key,
            @Valid @NotNull NewHold request) {
        return keys.once(
                        key,
                        "POST /v1/tenants/" + tenantId + "/holds",
                        request,
                        id -> holds.set(id, tenantId, request.order()),
                        HoldView::id)
                .flatMap(this::made)
                .map(hold -> Response.created(URI.create("/v1/holds/" + hold.id()))
                        .entity(hold)
                        .build());
    }

    private Uni<HoldView> made(Once<HoldView> once) {
        return switch (once) {
            case Once.First<HoldView>(HoldView hold) -> Uni.createFrom().item(hold);
            case Once.Repeated<HoldView>(UUID id) -> holds.one(id);
        };
    }

    @GET
    @Path("/tenants/{id}/holds")
    @RolesAllowed({Roles.CSP_OPERATOR, Roles.CSP_ADMIN, Roles.AUDITOR})
    @Operation(
            summary = "List a tenant's legal holds, also those that were released, oldest first",
            description = "Roles: csp-operator, csp-admin, auditor.")
    @APIResponse(responseCode = "200", description = "A page")
    public Uni<Page<HoldView>> list(@PathParam("id") UUID tenantId, @Valid @BeanParam PageRequest page) {
        return holds.page(tenantId, page.limit(), page.after());
    }

    @GET
    @Path("/holds/{id}")
    @RolesAllowed({Roles.CSP_OPERATOR, Roles.CSP_ADMIN, Roles.AUDITOR})
    @Operation(
            summary = "Show a legal hold, and what was gone of a deletion that it stopped",
            description = "Roles: csp-operator, csp-admin, auditor.")
    @APIResponse(responseCode = "200", description = "The hold")
    public Uni<HoldView> one(@PathParam("id") UUID id) {
        return holds.one(id);
    }

    @DELETE
    @Path("/holds/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed({Roles.CSP_OPERATOR, Roles.CSP_ADMIN})
    @Operation(
            summary = "Release a legal hold, as the second person",
            description = "What it held up goes on at once, unless another hold forbids it. The hold stays listed, with"
                    + " who released it and why. A repetition changes nothing. Roles: csp-operator, csp-admin; not who"
                    + " set it.")
    @APIResponse(responseCode = "200", description = "It is released")
    @APIResponse(responseCode = "409", description = "second-person-needed")
    public Uni<HoldView> release(@PathParam("id") UUID id, @Valid @NotNull Release release) {
        return holds.release(id, release.reason());
    }

    @POST
    @Path("/holds/{id}/reviews")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed({Roles.CSP_OPERATOR, Roles.CSP_ADMIN})
    @Operation(
            summary = "Keep a legal hold after a review",
            description = "Somebody looked at it, and it is still needed. Roles: csp-operator, csp-admin.")
    @APIResponse(responseCode = "200", description = "It is to be reviewed at the new date")
    @APIResponse(responseCode = "409", description = "hold-released, review-not-to-come")
    public Uni<HoldView> review(
            @PathParam("id") UUID id, @HeaderParam("Idempotency-Key") String key, @Valid @NotNull Review review) {
        return keys.once(
                        key,
                        "POST /v1/holds/" + id + "/reviews",
                        review,
                        unused -> holds.review(id, review.reviewAt()),
                        HoldView::id)
                .flatMap(this::made);
    }
}

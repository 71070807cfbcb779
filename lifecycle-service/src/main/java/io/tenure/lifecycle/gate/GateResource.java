package io.tenure.lifecycle.gate;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.access.Roles;
import io.tenure.kit.idempotency.IdempotencyKeys;
import io.tenure.kit.page.Page;
import io.tenure.kit.page.PageRequest;
import io.tenure.kit.text.Name;
import io.tenure.lifecycle.intervention.Interventions;
import io.tenure.lifecycle.intervention.Interventions.Intervention;
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
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The provider's control over all deletions. */
@Path("/v1/deletion-gate")
@Tag(name = "Deletion gate")
@Produces(MediaType.APPLICATION_JSON)
public class GateResource {

    /** The reason for a change. */
    @Schema(name = "GateChange")
    record Change(
            @NotNull @Name(max = 500) @Schema(description = "In your own words; for the provider's staff and auditors")
            String reason) {}

    /** How many deletions may start per day. */
    @Schema(name = "NewDeletionBudget")
    record NewBudget(
            @Min(1)
            @Max(1_000_000)
            @Schema(nullable = true, description = "Per day (UTC); null or absent for each day's default")
            Integer perDay,

            @NotNull @Name(max = 500) @Schema(description = "In your own words; for the provider's staff and auditors")
            String reason) {}

    private final GateSettings settings;
    private final Interventions interventions;
    private final IdempotencyKeys keys;

    GateResource(GateSettings settings, Interventions interventions, IdempotencyKeys keys) {
        this.settings = settings;
        this.interventions = interventions;
        this.keys = keys;
    }

    @GET
    @RolesAllowed({Roles.CSP_OPERATOR, Roles.CSP_ADMIN, Roles.AUDITOR})
    @Operation(summary = "Show the gate", description = "Roles: csp-operator, csp-admin, auditor.")
    @APIResponse(responseCode = "200", description = "The gate")
    public Uni<GateSettings.View> show() {
        return settings.show();
    }

    @POST
    @Path("/stop")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed({Roles.CSP_OPERATOR, Roles.CSP_ADMIN})
    @Operation(
            summary = "Stop all deletions that have not started",
            description = "For all tenants. A retention that ends meanwhile waits and shows a blocker; a"
                    + " deletion that has started goes on. Roles: csp-operator, csp-admin.")
    @APIResponse(responseCode = "200", description = "No deletion starts from now on")
    public Uni<GateSettings.View> stop(@HeaderParam("Idempotency-Key") String key, @Valid @NotNull Change change) {
        return changed(key, "POST /v1/deletion-gate/stop", change, () -> settings.stop(change.reason()));
    }

    @POST
    @Path("/resumption")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Roles.CSP_ADMIN)
    @Operation(summary = "Let deletions start again", description = "Roles: csp-admin.")
    @APIResponse(responseCode = "200", description = "Deletions start again; those that wait are decided about at once")
    @APIResponse(responseCode = "409", description = "not-stopped")
    public Uni<GateSettings.View> resume(@HeaderParam("Idempotency-Key") String key, @Valid @NotNull Change change) {
        return changed(key, "POST /v1/deletion-gate/resumption", change, () -> settings.resume(change.reason()));
    }

    @POST
    @Path("/budget")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Roles.CSP_ADMIN)
    @Operation(
            summary = "Limit how many deletions may start per day",
            description = "So that a mistake in many requests is noticed before it is carried out for all of"
                    + " them. Roles: csp-admin.")
    @APIResponse(
            responseCode = "200",
            description = "The limit applies from now on; deletions that wait are decided about at once")
    public Uni<GateSettings.View> budget(@HeaderParam("Idempotency-Key") String key, @Valid @NotNull NewBudget budget) {
        return changed(
                key, "POST /v1/deletion-gate/budget", budget, () -> settings.budget(budget.perDay(), budget.reason()));
    }

    @GET
    @Path("/interventions")
    @RolesAllowed({Roles.CSP_OPERATOR, Roles.CSP_ADMIN, Roles.AUDITOR})
    @Operation(
            summary = "List who changed the gate and why, oldest first",
            description = "Roles: csp-operator, csp-admin, auditor.")
    @APIResponse(responseCode = "200", description = "A page")
    public Uni<Page<Intervention>> interventions(@Valid @BeanParam PageRequest page) {
        return interventions.page(null, page.limit(), page.after());
    }

    private Uni<GateSettings.View> changed(String key, String operation, Object request, Supplier<Uni<UUID>> change) {
        return keys.once(key, operation, request, unused -> change.get(), Function.identity())
                .chain(once -> settings.show());
    }
}

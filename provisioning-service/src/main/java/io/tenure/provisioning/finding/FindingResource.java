package io.tenure.provisioning.finding;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.access.Roles;
import io.tenure.kit.idempotency.Once;
import io.tenure.kit.page.Page;
import io.tenure.kit.page.PageRequest;
import io.tenure.kit.problem.Problem;
import io.tenure.kit.text.Name;
import io.tenure.platform.Inventory.Mark;
import io.tenure.provisioning.tenant.Tenants;
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
import java.net.URI;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Things in tenants' areas that are not in the records, and what operators decide about them. */
@Path("/v1")
@Tag(name = "Findings")
@Produces(MediaType.APPLICATION_JSON)
public class FindingResource {

    private static final String OPERATORS = "Roles: csp-operator, csp-admin.";

    private final Findings findings;
    private final TakingIn takingIn;
    private final Tenants tenants;

    FindingResource(Findings findings, TakingIn takingIn, Tenants tenants) {
        this.findings = findings;
        this.takingIn = takingIn;
        this.tenants = tenants;
    }

    /** @param reason the operator's own words, without personal data */
    @Schema(name = "TakingIn")
    record Decision(
            @NotNull
            @Name(max = 500)
            @Schema(description = "Why it belongs to the tenant", examples = "An export of web-1, made by us in June")
            String reason) {}

    /** Something in a tenant's area that is not in the records. */
    @Schema(name = "Finding")
    record FindingView(
            UUID id,
            UUID tenantId,
            String location,

            @Schema(description = "As on the platform; unusual characters are percent-encoded")
            String name,

            @Schema(
                    description = "NONE: it carries no tenant's mark. OWN: it carries this tenant's, but is"
                            + " not in the manifest. FOREIGN: it carries another tenant's, and is not touched")
            Mark mark,

            long bytes,
            Instant foundAt,

            @Schema(description = "The asset that it became, if it was taken in")
            UUID assetId) {}

    @GET
    @Path("/tenants/{tenantId}/findings")
    @RolesAllowed({Roles.CSP_OPERATOR, Roles.CSP_ADMIN})
    @Operation(
            operationId = "listFindings",
            summary = "What the latest inventory found besides a tenant's assets and a person must"
                    + " decide about, oldest first",
            description = OPERATORS)
    @APIResponse(responseCode = "200", description = "One page")
    public Uni<Page<FindingView>> list(@PathParam("tenantId") UUID tenantId, @Valid @BeanParam PageRequest page) {
        UUID after = page.after();
        return Panache.withSession(() -> tenants.find(tenantId)
                        .onItem()
                        .ifNull()
                        .failWith(() -> Problem.notFound("tenant"))
                        .chain(() -> findings.page(tenantId, after, page.limit() + 1)))
                .map(found -> Page.of(found, page.limit(), finding -> finding.id, FindingResource::view));
    }

    @POST
    @Path("/findings/{id}/taking-in")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed({Roles.CSP_OPERATOR, Roles.CSP_ADMIN})
    @Operation(
            operationId = "takeFindingIn",
            summary = "Makes a finding an asset of its tenant, which is disabled and part of the manifest",
            description = OPERATORS)
    @APIResponse(
            responseCode = "202",
            description = "It is an asset now, and is being disabled; poll Location until it is DISABLED",
            headers = @Header(name = "Location"),
            content = @Content(schema = @Schema(implementation = FindingView.class)))
    @APIResponse(
            responseCode = "409",
            description = "manifest-frozen, tenant-not-disabling, foreign-mark, finding-taken-in")
    public Uni<Response> takeIn(
            @PathParam("id") UUID id, @HeaderParam("Idempotency-Key") String key, @NotNull @Valid Decision decision) {
        return takingIn.takeIn(id, key, decision)
                .flatMap(once -> switch (once) {
                    case Once.First<Finding>(Finding finding) ->
                        Uni.createFrom().item(finding);
                    case Once.Repeated<Finding>(UUID known) -> Panache.withSession(() -> findings.find(known));
                })
                .map(finding -> Response.accepted(view(finding))
                        .location(URI.create("/v1/vms/" + finding.assetId))
                        .build());
    }

    private static FindingView view(Finding finding) {
        return new FindingView(
                finding.id,
                finding.tenantId,
                finding.location,
                finding.name,
                finding.mark,
                finding.bytes,
                finding.foundAt,
                finding.assetId);
    }
}

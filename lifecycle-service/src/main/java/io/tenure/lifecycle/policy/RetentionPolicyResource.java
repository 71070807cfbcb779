package io.tenure.lifecycle.policy;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.access.Caller;
import io.tenure.kit.access.Roles;
import io.tenure.kit.text.Name;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What is agreed with a tenant about the retention. */
@Path("/v1/tenants/{id}/retention-policy")
@Tag(name = "Retention")
@Produces(MediaType.APPLICATION_JSON)
public class RetentionPolicyResource {

    /** What a contract says. */
    @Schema(name = "RetentionAgreement")
    record Agreement(
            @NotNull @Name(max = 200) @Schema(description = "The provider's reference of the contract that says so")
            String contract,

            @NotNull
            @Schema(
                    description = "How long everything is kept, in days of 24 hours (ISO 8601); not below the minimum",
                    examples = "P60D")
            Duration period,

            @NotNull
            @Schema(
                    description = "How long at most, with all extensions; not below the period, not above what the"
                            + " provider allows",
                    examples = "P365D")
            Duration maximum,

            @NotNull
            @Name(max = 64)
            @Schema(
                    description =
                            "Where the customer is, as an id of the IANA time zone database: ends are shown in UTC"
                                    + " and there",
                    examples = "Europe/Berlin")
            String timeZone) {

        TenantPolicy.Agreement agreed() {
            return new TenantPolicy.Agreement(contract, period, maximum, timeZone);
        }
    }

    /** What holds for a tenant. */
    @Schema(name = "RetentionPolicy")
    record View(
            UUID tenantId,

            @Schema(description = "Absent where the provider's standard holds, like who changed it and when")
            String contract,

            @Schema(description = "How long everything is kept (ISO 8601)")
            Duration period,

            @Schema(description = "How long at most, with all extensions")
            Duration maximum,

            @Schema(description = "The shortest retention that is allowed at all")
            Duration minimum,

            @Schema(description = "By how much the customer itself may extend it, at a time")
            Duration customerExtension,

            @Schema(description = "How often the customer itself may extend it")
            int customerExtensions,

            String timeZone,

            @Schema(description = "The identity provider's subject")
            String changedBy,

            Instant changedAt) {

        static View of(TenantPolicy policy, RetentionPolicy standard) {
            RetentionTerms terms = policy.terms(standard.standard());
            return new View(
                    policy.tenantId(),
                    policy.contract(),
                    terms.period(),
                    terms.maximum(),
                    standard.floor(),
                    terms.customerExtension(),
                    terms.customerExtensions(),
                    terms.timeZone(),
                    policy.changedBy(),
                    policy.changedAt());
        }
    }

    private final TenantPolicies policies;
    private final RetentionPolicy standard;
    private final Caller caller;

    RetentionPolicyResource(TenantPolicies policies, RetentionPolicy standard, Caller caller) {
        this.policies = policies;
        this.standard = standard;
        this.caller = caller;
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
            summary = "Show what is agreed with a tenant about the retention",
            description =
                    "Roles: account-manager, csp-operator, csp-admin, auditor; tenant-admin and departing-admin for"
                            + " their own tenant.")
    @APIResponse(
            responseCode = "200",
            description = "What holds for terminations that are requested now",
            headers = @Header(name = "ETag"),
            content = @Content(schema = @Schema(implementation = View.class)))
    @APIResponse(responseCode = "404", description = "not-found: no such tenant is known here (yet)")
    public Uni<Response> show(@PathParam("id") UUID tenantId) {
        caller.mustSee(tenantId, "tenant");
        return policies.of(tenantId).map(this::ok);
    }

    @PUT
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed({Roles.ACCOUNT_MANAGER, Roles.CSP_ADMIN})
    @Operation(
            summary = "Agree something else with a tenant about the retention",
            description = "It holds for terminations that are requested from then on; one that runs keeps its terms."
                    + " Roles: account-manager, csp-admin.")
    @APIResponse(
            responseCode = "200",
            description = "It is agreed",
            headers = @Header(name = "ETag"),
            content = @Content(schema = @Schema(implementation = View.class)))
    @APIResponse(responseCode = "404", description = "not-found: no such tenant is known here (yet)")
    @APIResponse(responseCode = "409", description = "below-minimum, beyond-maximum, period-too-short, period-too-long")
    @APIResponse(responseCode = "412", description = "stale: the policy was changed since; read it again")
    @APIResponse(responseCode = "428", description = "if-match-required")
    public Uni<Response> agree(
            @PathParam("id") UUID tenantId,
            @Parameter(description = "The policy's ETag") @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
            @Valid @NotNull Agreement agreement) {
        return policies.agree(tenantId, ifMatch, agreement.agreed()).map(this::ok);
    }

    private Response ok(TenantPolicy policy) {
        return Response.ok(View.of(policy, standard))
                .header(HttpHeaders.ETAG, "\"" + policy.version() + "\"")
                .build();
    }
}

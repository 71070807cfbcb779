package io.tenure.credential.temporary;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.credential.access.TenantAccesses;
import io.tenure.events.CredentialFact.Target;
import io.tenure.kit.access.Caller;
import io.tenure.kit.access.Roles;
import io.tenure.kit.page.Page;
import io.tenure.kit.page.PageRequest;
import io.tenure.kit.problem.Problem;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** A tenant's credentials, without secrets. */
@Path("/v1/tenants/{tenantId}/credentials")
@Tag(name = "Credentials")
public class CredentialResource {

    private final Credentials credentials;
    private final TenantAccesses accesses;
    private final Caller caller;
    private final Clock clock;

    CredentialResource(Credentials credentials, TenantAccesses accesses, Caller caller, Clock clock) {
        this.credentials = credentials;
        this.accesses = accesses;
        this.caller = caller;
        this.clock = clock;
    }

    /**
     * A credential without its secret.
     *
     * @param assetId what it gives access to: the tenant itself, a VM or a VDC
     */
    @Schema(name = "Credential")
    public record CredentialView(
            UUID id,
            UUID tenantId,

            @Schema(description = "What it opens: the tenant itself, a VM or a VDC")
            UUID assetId,

            Target assetKind,
            String username,

            @Schema(description = "EXPIRED: it was not shown in time")
            Credential.Status status,

            @Schema(description = "When it expires if it was not shown before")
            Instant expiresAt) {}

    @GET
    @RolesAllowed({Roles.ACCOUNT_MANAGER, Roles.CSP_OPERATOR, Roles.AUDITOR, Roles.TENANT_ADMIN, Roles.SERVICE})
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "listCredentials",
            summary = "A tenant's credentials, oldest first, without secrets",
            description = "Roles: account-manager, csp-operator, auditor, service, tenant-admin (its own tenant).")
    @APIResponse(responseCode = "200", description = "One page")
    @APIResponse(responseCode = "404", description = "not-found: no such tenant is known here (yet)")
    public Uni<Page<CredentialView>> list(@PathParam("tenantId") UUID tenantId, @Valid @BeanParam PageRequest page) {
        caller.mustSee(tenantId, "tenant");
        UUID after = page.after();
        Instant now = clock.instant();
        return Panache.withSession(() -> accesses.isKnown(tenantId)
                        .invoke(known -> {
                            if (!known) {
                                throw Problem.notFoundYet("tenant");
                            }
                        })
                        .chain(() -> credentials.page(tenantId, after, page.limit() + 1)))
                .map(found -> Page.of(found, page.limit(), Credential::id, credential -> view(credential, now)));
    }

    private static CredentialView view(Credential credential, Instant now) {
        return new CredentialView(
                credential.id(),
                credential.tenantId(),
                credential.targetId(),
                credential.target(),
                credential.username(),
                credential.status(now),
                credential.expiresAt());
    }
}

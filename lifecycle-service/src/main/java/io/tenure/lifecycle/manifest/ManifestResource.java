package io.tenure.lifecycle.manifest;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.access.Roles;
import io.tenure.kit.page.Page;
import io.tenure.kit.page.PageRequest;
import io.tenure.lifecycle.termination.TerminationQueries;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Shows the disks that a termination covers. */
@Path("/v1/terminations/{id}/manifest")
@Tag(name = "Terminations")
@Produces(MediaType.APPLICATION_JSON)
public class ManifestResource {

    private final TerminationQueries terminations;
    private final Manifests manifests;

    ManifestResource(TerminationQueries terminations, Manifests manifests) {
        this.terminations = terminations;
        this.manifests = manifests;
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
            summary = "List the disks that a termination covers",
            description = "A deletion touches only these, and each must be accounted for before a certificate"
                    + " is issued. Roles: account-manager, csp-operator, csp-admin, auditor; tenant-admin and"
                    + " departing-admin for their own tenant.")
    @APIResponse(responseCode = "200", description = "A page; the list grows until everything is disabled")
    public Uni<Page<MediumView>> list(@PathParam("id") UUID id, @Valid @BeanParam PageRequest page) {
        UUID after = page.after();
        return terminations.visible(id).chain(() -> manifests.page(id, page.limit(), after));
    }
}

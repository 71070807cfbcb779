package io.tenure.lifecycle.termination;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.access.Roles;
import io.tenure.kit.page.Page;
import io.tenure.kit.page.PageRequest;
import io.tenure.lifecycle.evidence.Steps;
import io.tenure.lifecycle.obligation.BlockerQueries;
import io.tenure.lifecycle.obligation.BlockerView;
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

/** Shows what happened in a termination, and what blocks it. */
@Path("/v1/terminations/{id}")
@Tag(name = "Terminations")
@Produces(MediaType.APPLICATION_JSON)
public class ProgressResource {

    private final TerminationQueries terminations;
    private final Steps steps;
    private final BlockerQueries blockers;

    ProgressResource(TerminationQueries terminations, Steps steps, BlockerQueries blockers) {
        this.terminations = terminations;
        this.steps = steps;
        this.blockers = blockers;
    }

    @GET
    @Path("/steps")
    @RolesAllowed({
        Roles.ACCOUNT_MANAGER,
        Roles.CSP_OPERATOR,
        Roles.CSP_ADMIN,
        Roles.AUDITOR,
        Roles.TENANT_ADMIN,
        Roles.DEPARTING_ADMIN
    })
    @Operation(
            summary = "List what happened in a termination, oldest first",
            description = "Each step is an event that the audit service can prove. Roles:"
                    + " account-manager, csp-operator, csp-admin, auditor; tenant-admin and departing-admin for"
                    + " their own tenant.")
    @APIResponse(responseCode = "200", description = "A page")
    public Uni<Page<Steps.Step>> steps(@PathParam("id") UUID id, @Valid @BeanParam PageRequest page) {
        UUID after = page.isFirst() ? null : page.after();
        return terminations.visible(id).chain(() -> steps.page(id, page.limit(), after));
    }

    @GET
    @Path("/blockers")
    @RolesAllowed({
        Roles.ACCOUNT_MANAGER,
        Roles.CSP_OPERATOR,
        Roles.CSP_ADMIN,
        Roles.AUDITOR,
        Roles.TENANT_ADMIN,
        Roles.DEPARTING_ADMIN
    })
    @Operation(
            summary = "List what blocks a termination",
            description = "The first page begins with everything overdue, which does not count towards the"
                    + " limit; then follows what was reported. Roles: account-manager, csp-operator, csp-admin,"
                    + " auditor; tenant-admin and departing-admin for their own tenant.")
    @APIResponse(responseCode = "200", description = "A page; empty while nothing is blocked")
    public Uni<Page<BlockerView>> blockers(@PathParam("id") UUID id, @Valid @BeanParam PageRequest page) {
        UUID after = page.after();
        return terminations.visible(id).chain(() -> blockers.page(id, page.limit(), after, page.isFirst()));
    }
}

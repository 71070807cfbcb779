package io.tenure.lifecycle.worklist;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.access.Roles;
import io.tenure.kit.page.Page;
import io.tenure.kit.page.PageRequest;
import io.tenure.kit.text.Name;
import io.tenure.lifecycle.termination.TerminationState;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What waits for a person, across all tenants. */
@Path("/v1/blockers")
@Tag(name = "Operations")
@Produces(MediaType.APPLICATION_JSON)
public class WorkListResource {

    private final WorkList list;

    WorkListResource(WorkList list) {
        this.list = list;
    }

    @GET
    @RolesAllowed({Roles.CSP_OPERATOR, Roles.CSP_ADMIN, Roles.AUDITOR})
    @Operation(
            summary = "List what holds terminations up, and what somebody must look at",
            description =
                    "Of all tenants: what was reported, what is overdue, what legal holds stop, and which of them are"
                            + " to be reviewed. What does not concern anybody any more is not listed. Roles: csp-operator,"
                            + " csp-admin, auditor.")
    @APIResponse(responseCode = "200", description = "A page, in a stable order; empty while all goes on")
    public Uni<Page<OpenMatter>> list(
            @QueryParam("tenantId") UUID tenantId,
            @Parameter(description = "The service that has to resolve it, or operations")
                    @QueryParam("owner")
                    @Name(max = 40)
                    String owner,
            @Parameter(description = "The state of the termination") @QueryParam("state") TerminationState state,
            @QueryParam("kind") MatterKind kind,
            @Parameter(description = "What is in the way, as the API's path; the whole of it")
                    @QueryParam("resource")
                    @Name(max = 200)
                    String resource,
            @Valid @BeanParam PageRequest page) {
        return list.page(new WorkList.Filter(tenantId, owner, state, kind, resource), page.limit(), page.after());
    }
}

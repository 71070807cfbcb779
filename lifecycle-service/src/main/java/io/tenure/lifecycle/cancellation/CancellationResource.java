package io.tenure.lifecycle.cancellation;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.access.Roles;
import io.tenure.kit.idempotency.IdempotencyKeys;
import io.tenure.kit.idempotency.Once;
import io.tenure.lifecycle.termination.TerminationQueries;
import io.tenure.lifecycle.termination.TerminationView;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Cancels terminations. */
@Path("/v1/terminations/{id}/cancellation")
@Tag(name = "Terminations")
@Produces(MediaType.APPLICATION_JSON)
public class CancellationResource {

    private final Cancellation cancellation;
    private final TerminationQueries queries;
    private final IdempotencyKeys keys;

    CancellationResource(Cancellation cancellation, TerminationQueries queries, IdempotencyKeys keys) {
        this.cancellation = cancellation;
        this.queries = queries;
        this.keys = keys;
    }

    @POST
    @RolesAllowed({Roles.ACCOUNT_MANAGER, Roles.TENANT_ADMIN, Roles.DEPARTING_ADMIN})
    @Operation(
            summary = "Cancel a termination",
            description = "Everything is restored; credentials that were revoked stay revoked, and those that"
                    + " nobody had seen are replaced. A repeated request changes nothing. Roles:"
                    + " account-manager; tenant-admin and departing-admin for their own tenant.")
    @APIResponse(
            responseCode = "202",
            description = "The restoration is under way or done; follow it at Location",
            content = @Content(schema = @Schema(implementation = TerminationView.class)))
    @APIResponse(responseCode = "409", description = "deletion-started: it is too late to cancel")
    public Uni<Response> cancel(@PathParam("id") UUID id, @HeaderParam("Idempotency-Key") String key) {
        return keys.once(
                        key,
                        "POST /v1/terminations/{id}/cancellation",
                        id,
                        // Read in the transaction that cancels it, so that the answer shows exactly its result.
                        unused -> cancellation.cancel(id).chain(() -> queries.one(id)),
                        TerminationView::id)
                .flatMap(once -> switch (once) {
                    case Once.First<TerminationView>(TerminationView view) ->
                        Uni.createFrom().item(view);
                    case Once.Repeated<TerminationView>(UUID repeated) -> queries.one(repeated);
                })
                .map(termination -> Response.accepted(termination)
                        .location(URI.create("/v1/terminations/" + id))
                        .build());
    }
}

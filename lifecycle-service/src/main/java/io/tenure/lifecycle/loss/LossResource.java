package io.tenure.lifecycle.loss;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.access.Roles;
import io.tenure.kit.idempotency.IdempotencyKeys;
import io.tenure.kit.idempotency.Once;
import io.tenure.kit.page.Page;
import io.tenure.kit.page.PageRequest;
import io.tenure.kit.text.Name;
import io.tenure.lifecycle.termination.TerminationQueries;
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
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Losses, which two people must attest. */
@Path("/v1/terminations/{id}/losses")
@Tag(name = "Terminations")
@Produces(MediaType.APPLICATION_JSON)
public class LossResource {

    /** A report that something is lost. */
    @Schema(name = "NewLoss")
    record NewLoss(
            @NotNull UUID assetId,

            @Name(max = 1000)
            @Schema(
                    nullable = true,
                    description = "The disk's name in the manifest; absent if the whole asset is lost, with"
                            + " all of its disks that are not sanitized")
            String disk,

            @NotNull
            @Name(max = 500)
            @Schema(description = "What was done to find it, in your own words; for the provider's staff and auditors")
            String reason) {}

    private final TerminationQueries terminations;
    private final Losses losses;
    private final IdempotencyKeys keys;

    LossResource(TerminationQueries terminations, Losses losses, IdempotencyKeys keys) {
        this.terminations = terminations;
        this.losses = losses;
        this.keys = keys;
    }

    @GET
    @RolesAllowed({Roles.CSP_OPERATOR, Roles.CSP_ADMIN, Roles.AUDITOR})
    @Operation(summary = "List reported losses, oldest first", description = "Roles: csp-operator, csp-admin, auditor.")
    @APIResponse(responseCode = "200", description = "A page")
    public Uni<Page<LossView>> list(@PathParam("id") UUID id, @Valid @BeanParam PageRequest page) {
        UUID after = page.after();
        return terminations.visible(id).chain(() -> losses.page(id, page.limit(), after));
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed({Roles.CSP_OPERATOR, Roles.CSP_ADMIN})
    @Operation(
            summary = "Report that an asset or a disk is lost",
            description = "It has no effect until a second person attests it. Reporting the same loss"
                    + " again returns the first report. Roles: csp-operator, csp-admin.")
    @APIResponse(
            responseCode = "201",
            description = "Recorded; a second person can attest it below Location",
            content = @Content(schema = @Schema(implementation = LossView.class)))
    @APIResponse(responseCode = "409", description = "nothing-waits-for-it, manifest-open, not-missed")
    public Uni<Response> ask(
            @PathParam("id") UUID id, @HeaderParam("Idempotency-Key") String key, @Valid @NotNull NewLoss request) {
        return keys.once(
                        key,
                        "POST /v1/terminations/" + id + "/losses",
                        request,
                        lossId -> losses.ask(lossId, id, request.assetId(), request.disk(), request.reason()),
                        Loss::id)
                .flatMap(once -> switch (once) {
                    case Once.First<Loss>(Loss loss) -> Uni.createFrom().item(loss);
                    case Once.Repeated<Loss>(UUID repeated) -> losses.find(id, repeated);
                })
                .map(loss -> Response.created(URI.create("/v1/terminations/" + id + "/losses/" + loss.id()))
                        .entity(LossView.of(loss))
                        .build());
    }

    @POST
    @Path("/{lossId}/attestation")
    @RolesAllowed({Roles.CSP_OPERATOR, Roles.CSP_ADMIN})
    @Operation(
            summary = "Attest a loss as the second person",
            description = "The termination no longer waits for it, and the certificate states it with"
                    + " both people's ids. A repeated request changes nothing. Roles: csp-operator, csp-admin;"
                    + " not the person who reported it.")
    @APIResponse(responseCode = "200", description = "It is attested")
    @APIResponse(
            responseCode = "409",
            description = "second-person-needed, nothing-waits-for-it, manifest-open, not-missed")
    public Uni<LossView> attest(@PathParam("id") UUID id, @PathParam("lossId") UUID lossId) {
        return losses.attest(id, lossId).map(LossView::of);
    }
}

package io.tenure.lifecycle.termination;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.access.Roles;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * Confirms to services that a deletion was ordered. A Kafka message alone is not enough for something that cannot be
 * undone.
 */
@Path("/v1/terminations/{id}/deletion-order")
@Tag(name = "Terminations")
@Produces(MediaType.APPLICATION_JSON)
public class DeletionOrderResource {

    /** A deletion that was ordered, and that nothing forbids now. */
    @Schema(name = "DeletionOrder")
    record DeletionOrder(
            UUID terminationId,
            UUID tenantId,

            @Schema(description = "SHA-256 of the manifest: only these disks may be deleted")
            String manifestDigest,

            Instant deletionStartedAt) {}

    private final TerminationQueries terminations;

    DeletionOrderResource(TerminationQueries terminations) {
        this.terminations = terminations;
    }

    @GET
    @RolesAllowed(Roles.DELETION_ORDER_READER)
    @Operation(
            summary = "Ask whether something may be deleted",
            description = "For services, before they wipe or destroy anything. Roles: deletion-order-reader.")
    @APIResponse(responseCode = "200", description = "It may; only what belongs to this tenant may be deleted")
    @APIResponse(responseCode = "404", description = "no-such-termination")
    @APIResponse(
            responseCode = "409",
            description = "deletion-not-ordered: nothing may be deleted; held: a legal hold forbids it for now, and"
                    + " the command is issued again after its release")
    public Uni<DeletionOrder> order(
            @PathParam("id") UUID terminationId,
            @Parameter(
                            description =
                                    "What is to be deleted now; without, what belongs to the tenant as a whole, such"
                                            + " as its keys")
                    @QueryParam("assetId")
                    UUID assetId,
            @Parameter(description = "The virtual data center that it lies in") @QueryParam("vdcId") UUID vdcId) {
        return terminations
                .ordered(
                        terminationId,
                        Stream.of(assetId, vdcId).filter(Objects::nonNull).toList())
                .map(termination -> new DeletionOrder(
                        termination.id(),
                        termination.tenantId(),
                        termination.manifestDigest(),
                        termination.deletionStartedAt()));
    }
}

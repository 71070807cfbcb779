package io.tenure.provisioning.image;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.access.Roles;
import io.tenure.kit.page.Page;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The hardened images that a virtual machine can be ordered with. */
@Path("/v1/images")
@Tag(name = "Images")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed({
    Roles.ACCOUNT_MANAGER,
    Roles.CSP_OPERATOR,
    Roles.CSP_ADMIN,
    Roles.AUDITOR,
    Roles.SERVICE,
    Roles.TENANT_ADMIN
})
public class ImageResource {

    private final Images images;

    ImageResource(Images images) {
        this.images = images;
    }

    /** @param baseline the hardening guide that the image follows; @param patchedAt when it last got all updates */
    @Schema(name = "Image")
    public record ImageView(
            @Schema(examples = "debian-13") String id,
            String os,
            String version,

            @Schema(description = "The hardening guide that the image follows")
            String baseline,

            @Schema(description = "When it last got all updates")
            Instant patchedAt) {}

    @GET
    @Operation(
            operationId = "listImages",
            summary = "Hardened images that a VM can be ordered with",
            description = "Roles: account-manager, csp-operator, csp-admin, auditor, service, tenant-admin.")
    @APIResponse(responseCode = "200", description = "All of them, on one page")
    public Uni<Page<ImageView>> list() {
        return Panache.withSession(images::all)
                .map(all -> new Page<>(
                        all.stream()
                                .map(row -> new ImageView(row.id, row.os, row.version, row.baseline, row.patchedAt))
                                .toList(),
                        null));
    }
}

package io.tenure.lifecycle.certificate;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.access.Roles;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.media.SchemaProperty;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Serves certificates of deletion. */
@Path("/v1/terminations/{id}/certificate")
@Tag(name = "Certificates")
public class CertificateResource {

    private final Certificates certificates;

    CertificateResource(Certificates certificates) {
        this.certificates = certificates;
    }

    @GET
    @Produces("application/jose+json")
    @RolesAllowed({
        Roles.ACCOUNT_MANAGER,
        Roles.CSP_ADMIN,
        Roles.AUDITOR,
        Roles.TENANT_ADMIN,
        Roles.DEPARTING_ADMIN,
        Roles.SERVICE
    })
    @Operation(
            summary = "Fetch the signed certificate of a deletion",
            description = "A flattened JWS (RFC 7515, Ed25519). Roles: account-manager, csp-admin, auditor, service;"
                    + " tenant-admin and departing-admin for their own tenant.")
    @APIResponse(
            responseCode = "200",
            description = "The certificate",
            content =
                    @Content(
                            mediaType = "application/jose+json",
                            schema =
                                    @Schema(
                                            type = SchemaType.OBJECT,
                                            requiredProperties = {"payload", "protected", "signature"},
                                            properties = {
                                                @SchemaProperty(
                                                        name = "payload",
                                                        type = SchemaType.STRING,
                                                        description = "The certificate as JSON, base64url"),
                                                @SchemaProperty(
                                                        name = "protected",
                                                        type = SchemaType.STRING,
                                                        description = "The header as JSON, base64url"),
                                                @SchemaProperty(
                                                        name = "signature",
                                                        type = SchemaType.STRING,
                                                        description = "Ed25519, base64url")
                                            })))
    @APIResponse(responseCode = "409", description = "certificate-not-issued: the deletion is not complete")
    public Uni<String> certificate(@PathParam("id") UUID terminationId) {
        return certificates.of(terminationId);
    }
}

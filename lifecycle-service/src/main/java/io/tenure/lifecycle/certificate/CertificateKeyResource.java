package io.tenure.lifecycle.certificate;

import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.media.SchemaProperty;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Serves the keys to check certificates with. */
@Path("/v1/certificate-keys")
@Tag(name = "Certificates")
public class CertificateKeyResource {

    private final Certificates certificates;

    CertificateKeyResource(Certificates certificates) {
        this.certificates = certificates;
    }

    /** A public key as it is served; only for the OpenAPI document. */
    @Schema(
            name = "CertificateKey",
            requiredProperties = {"kty", "crv", "x", "kid"})
    record CertificateJwk(
            @Schema(enumeration = "OKP") String kty,
            @Schema(enumeration = "Ed25519") String crv,

            @Schema(description = "The public key, base64url")
            String x,

            @Schema(description = "The key's thumbprint (RFC 7638)")
            String kid,

            String alg,
            String use) {}

    @GET
    @Produces("application/jwk-set+json")
    @PermitAll
    @Operation(
            summary = "Fetch the public keys that certificates are checked with",
            description = "A JWK set (RFC 7517) with every key that ever signed a certificate. Public.")
    @APIResponse(
            responseCode = "200",
            description = "The keys",
            content =
                    @Content(
                            mediaType = "application/jwk-set+json",
                            schema =
                                    @Schema(
                                            type = SchemaType.OBJECT,
                                            requiredProperties = "keys",
                                            properties =
                                                    @SchemaProperty(
                                                            name = "keys",
                                                            type = SchemaType.ARRAY,
                                                            implementation = CertificateJwk.class))))
    public Uni<String> keys() {
        return certificates.keys();
    }
}

package io.tenure.lifecycle.certificate;

import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import org.eclipse.microprofile.openapi.annotations.Operation;
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

    @GET
    @Produces("application/jwk-set+json")
    @PermitAll
    @Operation(
            summary = "Fetch the public keys that certificates are checked with",
            description = "A JWK set (RFC 7517) with every key that ever signed a certificate. Public.")
    @APIResponse(responseCode = "200", description = "The keys")
    public Uni<String> keys() {
        return certificates.keys();
    }
}

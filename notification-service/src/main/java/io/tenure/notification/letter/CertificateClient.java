package io.tenure.notification.letter;

import io.quarkus.oidc.client.filter.OidcClientFilter;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import java.util.UUID;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

/** Calls to the lifecycle service. */
@RegisterRestClient(configKey = "lifecycle")
@OidcClientFilter
interface CertificateClient {

    String MEDIA_TYPE = "application/jose+json";

    /** The certificate's exact bytes: a JWS in flattened JSON (RFC 7515, section 7.2.2). */
    @GET
    @Path("/v1/terminations/{id}/certificate")
    @Produces(MEDIA_TYPE)
    Uni<byte[]> certificate(@PathParam("id") UUID terminationId);
}

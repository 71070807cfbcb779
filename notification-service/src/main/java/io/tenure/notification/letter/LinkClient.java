package io.tenure.notification.letter;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.quarkus.oidc.client.filter.OidcClientFilter;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

/** Calls to the credential service. */
@RegisterRestClient(configKey = "credential")
@OidcClientFilter
interface LinkClient {

    /** A one-time link; whoever has it can see the credential. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Link(UUID linkId, String url, Instant expiresAt) {
        @Override
        public String toString() {
            return "Link " + linkId;
        }
    }

    /** Creates a link and voids older ones. */
    @POST
    @Path("/v1/credentials/{id}/links")
    Uni<Link> link(@PathParam("id") UUID credentialId);
}

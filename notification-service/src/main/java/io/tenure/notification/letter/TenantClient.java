package io.tenure.notification.letter;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.quarkus.oidc.client.filter.OidcClientFilter;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.util.UUID;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

/** Calls to the provisioning service. */
@RegisterRestClient(configKey = "provisioning")
@OidcClientFilter
interface TenantClient {

    /** @param contact absent once it is erased */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Tenant(String name, Contact contact) {
        @Override
        public String toString() {
            return "Tenant";
        }
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    record Contact(String name, String email) {
        @Override
        public String toString() {
            return "Contact";
        }
    }

    @GET
    @Path("/v1/tenants/{id}")
    Uni<Tenant> tenant(@PathParam("id") UUID id);
}

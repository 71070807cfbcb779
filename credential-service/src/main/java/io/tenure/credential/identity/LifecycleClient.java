package io.tenure.credential.identity;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.quarkus.oidc.client.filter.OidcClientFilter;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.util.UUID;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

/** What this service asks the lifecycle service. */
@RegisterRestClient(configKey = "lifecycle")
@OidcClientFilter
interface LifecycleClient {

    @JsonIgnoreProperties(ignoreUnknown = true)
    record DeletionOrder(UUID terminationId, UUID tenantId) {}

    /** 404 or 409 if no deletion was ordered. */
    @GET
    @Path("/v1/terminations/{id}/deletion-order")
    Uni<DeletionOrder> deletionOrder(@PathParam("id") UUID terminationId);
}

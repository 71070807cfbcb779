package io.tenure.credential.identity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.oidc.client.filter.OidcClientFilter;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

/**
 * The part of Keycloak's Admin REST API that is used. Users are passed as JSON objects, not as our own types: a PUT
 * replaces the whole user, so it must return fields that we do not know.
 */
@RegisterRestClient(configKey = "keycloak-admin")
@OidcClientFilter
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
interface KeycloakAdmin {

    @GET
    @Path("/users")
    Uni<List<ObjectNode>> usersByName(@QueryParam("username") String username, @QueryParam("exact") boolean exact);

    /** @param query {@code attribute:value} */
    @GET
    @Path("/users")
    Uni<List<ObjectNode>> usersByAttribute(
            @QueryParam("q") String query,
            @QueryParam("first") int first,
            @QueryParam("max") int max,
            @QueryParam("briefRepresentation") boolean brief);

    @POST
    @Path("/users")
    Uni<Response> create(ObjectNode user);

    @GET
    @Path("/users/{id}")
    Uni<ObjectNode> user(@PathParam("id") String id);

    @PUT
    @Path("/users/{id}")
    Uni<Void> replace(@PathParam("id") String id, ObjectNode user);

    @DELETE
    @Path("/users/{id}")
    Uni<Void> delete(@PathParam("id") String id);

    @PUT
    @Path("/users/{id}/reset-password")
    Uni<Void> resetPassword(@PathParam("id") String id, Map<String, Object> password);

    @POST
    @Path("/users/{id}/logout")
    Uni<Void> logout(@PathParam("id") String id);

    @GET
    @Path("/roles/{name}")
    Uni<ObjectNode> role(@PathParam("name") String name);

    /** The realm roles assigned to the user directly. */
    @GET
    @Path("/users/{id}/role-mappings/realm")
    Uni<List<ObjectNode>> roles(@PathParam("id") String id);

    /** All realm roles of the user, including those through groups and other roles. */
    @GET
    @Path("/users/{id}/role-mappings/realm/composite")
    Uni<List<ObjectNode>> effectiveRoles(@PathParam("id") String id);

    @POST
    @Path("/users/{id}/role-mappings/realm")
    Uni<Void> addRoles(@PathParam("id") String id, List<ObjectNode> roles);

    @DELETE
    @Path("/users/{id}/role-mappings/realm")
    Uni<Void> removeRoles(@PathParam("id") String id, List<ObjectNode> roles);
}

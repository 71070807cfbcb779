package io.tenure.credential.reveal;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.credential.temporary.Credentials;
import io.tenure.kit.access.Caller;
import io.tenure.kit.access.Roles;
import io.tenure.kit.problem.Problem;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Creates one-time links, for the tenant's own administrator and for the service that mails them. */
@Path("/v1/credentials/{credentialId}/links")
@Tag(name = "Reveal")
public class LinkResource {

    private final RevealLinks links;
    private final Credentials credentials;
    private final Caller caller;
    private final String baseUrl;

    LinkResource(
            RevealLinks links,
            Credentials credentials,
            Caller caller,
            @ConfigProperty(name = "tenure.reveal.base-url") String baseUrl) {
        this.links = links;
        this.credentials = credentials;
        this.caller = caller;
        this.baseUrl = baseUrl.replaceAll("/+$", "");
    }

    /** A new link; its URL is returned only this once. */
    @Schema(name = "RevealLink")
    public record LinkView(
            UUID linkId,

            @Schema(description = "Opens a page that shows the credential once; no other answer has it")
            String url,

            Instant expiresAt) {

        @Override
        public String toString() {
            return "LinkView[" + linkId + "]";
        }
    }

    @POST
    @RolesAllowed({Roles.TENANT_ADMIN, Roles.SERVICE})
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "createLink",
            summary = "Makes a one-time link to a credential; voids its older links",
            description = "Roles: tenant-admin (its own tenant), service. The provider's staff cannot"
                    + " make one. If the answer is lost, repeat the request: only the newest link works.")
    @APIResponse(
            responseCode = "201",
            description = "The link",
            content = @Content(schema = @Schema(implementation = LinkView.class)))
    @APIResponse(
            responseCode = "409",
            description = "credential-already-revealed, credential-expired, credential-revoked")
    public Uni<Response> create(@PathParam("credentialId") UUID credentialId) {
        if (!caller.is(Roles.SERVICE) && caller.onlyTenant().isEmpty()) {
            // Staff who also have the tenants' role could otherwise make links for every tenant.
            throw new Problem(403, "forbidden", "Not allowed", "The provider's staff cannot make links.");
        }
        return Panache.withSession(() -> credentials.find(credentialId))
                .invoke(credential -> {
                    if (credential == null) {
                        throw Problem.notFound("credential");
                    }
                    caller.mustSee(credential.tenantId(), "credential");
                })
                .chain(() -> links.create(credentialId))
                .map(link -> Response.status(Response.Status.CREATED)
                        .header(HttpHeaders.CACHE_CONTROL, "no-store")
                        .entity(new LinkView(
                                link.id(), baseUrl + "/reveal#" + link.token().expose(), link.expiresAt()))
                        .build());
    }
}

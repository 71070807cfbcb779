package io.tenure.credential.replacement;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.access.Roles;
import io.tenure.kit.idempotency.IdempotencyKeys;
import io.tenure.kit.idempotency.Once;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Replaces a credential. Only the customer sees the new one. */
@Path("/v1/credentials/{credentialId}/replacement")
@Tag(name = "Credentials")
public class ReplacementResource {

    private final Replacements replacements;
    private final IdempotencyKeys keys;

    ReplacementResource(Replacements replacements, IdempotencyKeys keys) {
        this.replacements = replacements;
        this.keys = keys;
    }

    /** Which credential replaces which; without secrets. */
    @Schema(name = "CredentialReplacement")
    public record ReplacementView(
            @Schema(description = "The new credential; the tenant's list shows it as PREPARED until it works")
            UUID credentialId,

            @Schema(description = "The old one, now void") UUID replaces) {}

    @POST
    @RolesAllowed({Roles.CSP_OPERATOR, Roles.CSP_ADMIN, Roles.ACCOUNT_MANAGER, Roles.TENANT_ADMIN})
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "replaceCredential",
            summary = "Replaces a credential that cannot be used",
            description = "For a credential that expired or was revoked, whose link expired, or whose secret"
                    + " was lost after it was shown. The old credential and its links are void at once; the"
                    + " customer gets a link to the new one by mail, and nobody else sees it. During a"
                    + " termination only the administrator's own account gets a new credential. Roles:"
                    + " csp-operator, csp-admin, account-manager; tenant-admin for its own tenant.")
    @APIResponse(
            responseCode = "202",
            description = "The old credential is void, and a new one is being made; a repeated request"
                    + " with the same Idempotency-Key gets the same answer",
            content = @Content(schema = @Schema(implementation = ReplacementView.class)))
    @APIResponse(
            responseCode = "409",
            description = "credential-replaced (replacedBy is the newer one), tenant-terminated,"
                    + " access-destroyed, credential-destroyed")
    public Uni<Response> replace(
            @PathParam("credentialId") UUID credentialId, @HeaderParam("Idempotency-Key") String key) {
        return keys.once(
                        key,
                        "POST /v1/credentials/{id}/replacement",
                        credentialId,
                        id -> replacements.replace(credentialId, id),
                        Function.identity())
                .map(once -> switch (once) {
                    case Once.First<UUID>(UUID id) -> id;
                    case Once.Repeated<UUID>(UUID id) -> id;
                })
                .map(id ->
                        Response.accepted(new ReplacementView(id, credentialId)).build());
    }
}

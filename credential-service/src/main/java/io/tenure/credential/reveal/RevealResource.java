package io.tenure.credential.reveal;

import io.smallrye.mutiny.Uni;
import io.tenure.events.CredentialFact.RefusalReason;
import io.tenure.events.CredentialFact.Target;
import io.tenure.kit.problem.Problem;
import jakarta.annotation.security.PermitAll;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirementsSet;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Redeems one-time links. Open to everyone who holds one: the token is the permission. */
@Path("/")
@Tag(name = "Reveal")
public class RevealResource {

    private final Redemptions redemptions;
    private final RevealPage page;

    RevealResource(Redemptions redemptions, RevealPage page) {
        this.redemptions = redemptions;
        this.page = page;
    }

    /** The token of a link. */
    public record RevealRequest(@NotNull LinkToken token) {}

    /** What a credential opens. */
    @Schema(name = "CredentialTarget")
    public record TargetView(Target kind, UUID id) {}

    /** The credential; shown only this once. */
    @Schema(name = "RevealedCredential")
    public record RevealedView(
            String username,
            String secret,
            TargetView target,

            @Schema(description = "Whether the secret must be changed at the first login")
            boolean mustChange) {

        @Override
        public String toString() {
            return "RevealedView[***]";
        }
    }

    @GET
    @Path("/reveal")
    @PermitAll
    @Produces(MediaType.TEXT_HTML)
    @SecurityRequirementsSet
    @Operation(
            operationId = "revealPage",
            summary = "The page that a one-time link opens",
            description = "Opening it does not use the link up: the token is in the URL's fragment,"
                    + " which browsers do not send. A click sends it to POST /v1/reveals.")
    @APIResponse(responseCode = "200", description = "A self-contained page")
    public Response page() {
        return page.answer();
    }

    @POST
    @Path("/v1/reveals")
    @PermitAll
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    @SecurityRequirementsSet
    @Operation(
            operationId = "reveal",
            summary = "Shows a credential once, and erases it",
            description = "Needs no bearer token, only the link's own. Every further use is refused and recorded.")
    @APIResponse(
            responseCode = "200",
            description = "The credential; caches and proxies must not store it",
            content = @Content(schema = @Schema(implementation = RevealedView.class)))
    @APIResponse(responseCode = "404", description = "not-found: no link has this token")
    @APIResponse(
            responseCode = "410",
            description = "credential-already-revealed, link-superseded, link-expired, credential-revoked")
    public Uni<Response> reveal(@NotNull @Valid RevealRequest request) {
        return redemptions.redeem(request.token()).map(RevealResource::answer);
    }

    private static Response answer(Redemption redemption) {
        return switch (redemption) {
            case Redemption.Shown shown ->
                Response.ok(new RevealedView(
                                shown.username(),
                                shown.secret().expose(),
                                new TargetView(shown.target(), shown.targetId()),
                                true))
                        .header(HttpHeaders.CACHE_CONTROL, "no-store")
                        .build();
            case Redemption.Refused refused -> throw gone(refused.reason());
            case Redemption.Unknown unknown -> throw Problem.notFound("link");
        };
    }

    private static Problem gone(RefusalReason reason) {
        String title = "The link shows nothing any more";
        return switch (reason) {
            case ALREADY_REVEALED ->
                new Problem(
                        410,
                        "credential-already-revealed",
                        title,
                        "It was used before. If that was not you, tell your provider at once.");
            case SUPERSEDED ->
                new Problem(410, "link-superseded", title, "There is a newer link. Use the newest message you have.");
            case EXPIRED -> new Problem(410, "link-expired", title, "Its time is over. Ask for a new link.");
            case REVOKED -> new Problem(410, "credential-revoked", title, "The credential is void. Ask your provider.");
        };
    }
}

package io.tenure.noop;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.Ids;
import io.tenure.kit.access.Roles;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Operations that are called like real ones, pass the same filters, validate the same body and answer the same JSON, and do
 * nothing in between: no statement, no encryption.
 */
@Path("/v1")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
public class NoopResource {

    /** As long as what the provisioning service says there. */
    private static final String PURPOSE = "-".repeat(205);

    private final Clock clock;

    NoopResource(Clock clock) {
        this.clock = clock;
    }

    /** As the provisioning service takes it. */
    record Contact(
            @NotBlank @Size(max = 200) @Pattern(regexp = "\\P{Cntrl}*")
            String name,

            @NotNull
            @Size(max = 254)
            @Pattern(regexp = "[^\\s\\p{Cntrl}<>()\\[\\],;:\\\\\"@]{1,64}@[^\\s\\p{Cntrl}<>()\\[\\],;:\\\\\"@]{1,189}")
            String email,

            @NotNull @Pattern(regexp = "\\+?[0-9][0-9 ()./-]{3,30}")
            String phone) {}

    /** As the provisioning service takes it. */
    record NewTenant(
            @NotBlank @Size(max = 200) @Pattern(regexp = "\\P{Cntrl}*")
            String name,

            @NotNull @Valid Contact contact,
            @NotEmpty @Size(max = 50) List<@NotBlank @Size(max = 64) String> allowedLocations,
            @NotBlank String backup) {}

    /** A contact in an answer. */
    record ContactView(String name, String email, String phone, String purpose, Instant confirmedAt) {}

    /** An answer of the size of a real one. */
    record TenantView(
            UUID id,
            String name,
            String status,
            List<String> allowedLocations,
            String backup,
            ContactView contact,
            Instant createdAt,
            long version) {}

    @POST
    @Path("/noop")
    @RolesAllowed({Roles.ACCOUNT_MANAGER, Roles.CSP_ADMIN})
    public Uni<Response> command(@HeaderParam("Idempotency-Key") String key, @NotNull @Valid NewTenant tenant) {
        UUID id = Ids.next();
        Instant now = clock.instant();
        Contact contact = tenant.contact();
        TenantView view = new TenantView(
                id,
                tenant.name(),
                "ACTIVE",
                tenant.allowedLocations(),
                tenant.backup(),
                new ContactView(contact.name(), contact.email(), contact.phone(), PURPOSE, now),
                now,
                1);
        return Uni.createFrom()
                .item(Response.created(URI.create("/v1/tenants/" + id))
                        .header(HttpHeaders.ETAG, "\"1\"")
                        .entity(view)
                        .build());
    }

    /** As the credential service takes it. */
    record RevealRequest(
            @NotNull @Pattern(regexp = "^[A-Za-z0-9_-]{43}$")
            String token) {}

    /** What a revealed credential opens. */
    record TargetView(String kind, UUID id) {}

    /** An answer of the size of a real one. */
    record RevealedView(String username, String secret, TargetView target, boolean mustChange) {}

    @POST
    @Path("/noop/reveals")
    @PermitAll
    public Uni<Response> reveal(@NotNull @Valid RevealRequest request) {
        return Uni.createFrom()
                .item(Response.ok(new RevealedView(
                                "vmadmin", request.token().substring(0, 27), new TargetView("VM", Ids.next()), true))
                        .header(HttpHeaders.CACHE_CONTROL, "no-store")
                        .build());
    }
}

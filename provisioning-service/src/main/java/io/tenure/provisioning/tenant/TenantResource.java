package io.tenure.provisioning.tenant;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.events.ProvisioningFact.BackupResponsibility;
import io.tenure.kit.access.Caller;
import io.tenure.kit.access.Roles;
import io.tenure.kit.idempotency.Once;
import io.tenure.kit.page.Page;
import io.tenure.kit.page.PageRequest;
import io.tenure.kit.problem.Problem;
import io.tenure.kit.text.Name;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Customers and their contacts. */
// Not /v1/tenants: that would hide the paths of other resources below /v1/tenants/{id}.
@Path("/v1")
@Tag(name = "Tenants")
@Produces(MediaType.APPLICATION_JSON)
public class TenantResource {

    private final TenantCommands commands;
    private final Tenants tenants;
    private final Contacts contacts;
    private final Caller caller;

    TenantResource(TenantCommands commands, Tenants tenants, Contacts contacts, Caller caller) {
        this.commands = commands;
        this.tenants = tenants;
        this.contacts = contacts;
        this.caller = caller;
    }

    /** A request for a new tenant. */
    @Schema(name = "NewTenant")
    record NewTenant(
            @NotNull @Name(max = 200) @Schema(examples = "Customer plc")
            String name,

            @NotNull @Valid Contact contact,

            @NotEmpty
            @Size(max = 50)
            @Schema(
                    description = "Where the tenant's data may be stored, as in /v1/disclosures/locations",
                    examples = "[\"de-fra-1\"]")
            List<@NotNull @Name(max = 64) String> allowedLocations,

            @NotNull @Schema(description = "Who keeps backups: the provider's backup service, or the customer alone")
            BackupResponsibility backup) {}

    /** A contact, with what it is used for and when it was last confirmed. */
    @Schema(name = "ContactOnRecord")
    record ContactView(
            String name,
            String email,
            String phone,

            @Schema(description = "What this data is used for, and what it is never used for")
            String purpose,

            @Schema(description = "When it was last given or confirmed")
            Instant confirmedAt) {

        @Override
        public String toString() {
            return "Contact";
        }
    }

    /** A tenant. */
    @Schema(name = "Tenant")
    record TenantView(
            UUID id,
            String name,
            TenantStatus status,
            List<String> allowedLocations,
            BackupResponsibility backup,

            @Schema(description = "Absent in lists, for operators, and once it is erased")
            ContactView contact,

            Instant createdAt,

            @Schema(description = "Grows with each change; the entity tag")
            long version) {}

    @POST
    @Path("/tenants")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed({Roles.ACCOUNT_MANAGER, Roles.CSP_ADMIN})
    @Operation(
            operationId = "createTenant",
            summary = "Creates a tenant",
            description = "Roles: account-manager, csp-admin.")
    @APIResponse(
            responseCode = "201",
            description = "The tenant",
            headers = {@Header(name = "Location"), @Header(name = "ETag")},
            content = @Content(schema = @Schema(implementation = TenantView.class)))
    @APIResponse(responseCode = "400", description = "unknown-location")
    public Uni<Response> create(@HeaderParam("Idempotency-Key") String key, @NotNull @Valid NewTenant tenant) {
        return commands.create(key, tenant.name(), tenant.contact(), tenant.allowedLocations(), tenant.backup())
                .chain(once -> switch (once) {
                    case Once.First<Tenant>(Tenant made) ->
                        Uni.createFrom().item(view(made, Optional.of(tenant.contact())));
                    case Once.Repeated<Tenant>(UUID id) -> render(id);
                })
                .map(view -> Response.created(URI.create(Tenant.path(view.id())))
                        .header(HttpHeaders.ETAG, etag(view.version()))
                        .entity(view)
                        .build());
    }

    @GET
    @Path("/tenants")
    @RolesAllowed({Roles.ACCOUNT_MANAGER, Roles.CSP_OPERATOR, Roles.CSP_ADMIN})
    @Operation(
            operationId = "listTenants",
            summary = "All tenants, oldest first, without contacts",
            description = "Roles: account-manager, csp-operator, csp-admin.")
    @APIResponse(responseCode = "200", description = "One page")
    public Uni<Page<TenantView>> list(@Valid @BeanParam PageRequest page) {
        UUID after = page.after();
        return Panache.withSession(() -> tenants.page(after, page.limit() + 1))
                .map(found -> Page.of(found, page.limit(), Tenant::id, tenant -> view(tenant, Optional.empty())));
    }

    @GET
    @Path("/tenants/{id}")
    @RolesAllowed({Roles.ACCOUNT_MANAGER, Roles.CSP_ADMIN, Roles.CSP_OPERATOR, Roles.TENANT_ADMIN, Roles.SERVICE})
    @Operation(
            operationId = "getTenant",
            summary = "One tenant; with its contact, except for operators",
            description = "Roles: account-manager, csp-admin, csp-operator, service, tenant-admin (its own).")
    @APIResponse(
            responseCode = "200",
            description = "The tenant",
            headers = @Header(name = "ETag"),
            content = @Content(schema = @Schema(implementation = TenantView.class)))
    public Uni<Response> get(@PathParam("id") UUID id) {
        caller.mustSee(id, "tenant");
        return render(id).map(TenantResource::ok);
    }

    @PUT
    @Path("/tenants/{id}/contact")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed({Roles.ACCOUNT_MANAGER, Roles.TENANT_ADMIN})
    @Operation(
            operationId = "putContact",
            summary = "Replaces or confirms the administrator's contact",
            description = "Roles: account-manager, tenant-admin (its own).")
    @APIResponse(
            responseCode = "200",
            description = "The tenant with its new contact",
            headers = @Header(name = "ETag"),
            content = @Content(schema = @Schema(implementation = TenantView.class)))
    @APIResponse(responseCode = "409", description = "contact-erased")
    @APIResponse(responseCode = "412", description = "stale: the tenant has changed meanwhile; read it again")
    @APIResponse(responseCode = "428", description = "if-match-required")
    public Uni<Response> confirm(
            @PathParam("id") UUID id,
            @Parameter(description = "The tenant's ETag") @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
            @NotNull @Valid Contact contact) {
        caller.mustSee(id, "tenant");
        return commands.confirmContact(id, ifMatch, contact)
                .chain(() -> render(id))
                .map(TenantResource::ok);
    }

    private Uni<TenantView> render(UUID id) {
        return Panache.withSession(() -> tenants.find(id)
                .onItem()
                .ifNull()
                .failWith(() -> Problem.notFound("tenant"))
                .flatMap(tenant -> mayReadContact()
                        ? contacts.decrypt(tenant).map(contact -> view(tenant, contact))
                        : Uni.createFrom().item(view(tenant, Optional.empty()))));
    }

    private boolean mayReadContact() {
        return caller.isOneOf(Roles.ACCOUNT_MANAGER, Roles.CSP_ADMIN, Roles.TENANT_ADMIN, Roles.SERVICE);
    }

    private static Response ok(TenantView view) {
        return Response.ok(view).header(HttpHeaders.ETAG, etag(view.version())).build();
    }

    private static String etag(long version) {
        return "\"" + version + "\"";
    }

    private static TenantView view(Tenant tenant, Optional<Contact> contact) {
        return new TenantView(
                tenant.id(),
                tenant.name(),
                tenant.status(),
                tenant.allowedLocations(),
                tenant.backup(),
                contact.map(clear -> new ContactView(
                                clear.name(),
                                clear.email(),
                                clear.phone(),
                                Contact.PURPOSE,
                                tenant.contactConfirmedAt()))
                        .orElse(null),
                tenant.createdAt(),
                tenant.version());
    }
}

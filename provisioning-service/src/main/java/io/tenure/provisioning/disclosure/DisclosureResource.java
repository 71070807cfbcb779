package io.tenure.provisioning.disclosure;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.access.Roles;
import io.tenure.kit.page.Page;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.LocalDate;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Where data lies and who works for the provider (matrix row P8.6), for staff, services and tenants. */
@Path("/v1/disclosures")
@Tag(name = "Disclosures")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed({
    Roles.ACCOUNT_MANAGER,
    Roles.CSP_OPERATOR,
    Roles.CSP_ADMIN,
    Roles.AUDITOR,
    Roles.SERVICE,
    Roles.TENANT_ADMIN
})
public class DisclosureResource {

    private final Disclosures disclosures;

    DisclosureResource(Disclosures disclosures) {
        this.disclosures = disclosures;
    }

    /** @param country ISO 3166-1 alpha-2 */
    @Schema(name = "Location")
    public record LocationView(
            @Schema(examples = "de-fra-1") String id,
            String city,

            @Schema(description = "ISO 3166-1 alpha-2") String country,

            String operator,
            LocalDate since) {}

    /** @param country ISO 3166-1 alpha-2 */
    @Schema(name = "Subcontractor")
    public record SubcontractorView(
            String id,
            String name,
            String service,

            @Schema(description = "ISO 3166-1 alpha-2") String country,

            LocalDate since) {}

    @GET
    @Path("/locations")
    @Operation(
            operationId = "listLocations",
            summary = "Where customers' data may be stored",
            description = "Roles: account-manager, csp-operator, csp-admin, auditor, service, tenant-admin.")
    @APIResponse(responseCode = "200", description = "All of them, on one page")
    public Uni<Page<LocationView>> locations() {
        return Panache.withSession(disclosures::locations)
                .map(all -> new Page<>(
                        all.stream()
                                .map(row -> new LocationView(row.id, row.city, row.country, row.operator, row.since))
                                .toList(),
                        null));
    }

    @GET
    @Path("/subcontractors")
    @Operation(
            operationId = "listSubcontractors",
            summary = "Who works for the provider",
            description = "Roles: account-manager, csp-operator, csp-admin, auditor, service, tenant-admin.")
    @APIResponse(responseCode = "200", description = "All of them, on one page")
    public Uni<Page<SubcontractorView>> subcontractors() {
        return Panache.withSession(disclosures::subcontractors)
                .map(all -> new Page<>(
                        all.stream()
                                .map(row ->
                                        new SubcontractorView(row.id, row.name, row.service, row.country, row.since))
                                .toList(),
                        null));
    }
}

package io.tenure.audit.query;

import io.smallrye.mutiny.Uni;
import io.tenure.audit.log.TreeStore;
import io.tenure.audit.query.LoggedEvents.Filter;
import io.tenure.events.EventCodec;
import io.tenure.kit.access.Caller;
import io.tenure.kit.access.Roles;
import io.tenure.kit.page.Page;
import io.tenure.kit.page.PageRequest;
import io.tenure.kit.problem.Problem;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.media.SchemaProperty;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * Events in the log and their proofs (matrix rows P1.3, P2.3 and P5.2). A tenant's users see only that tenant's events.
 */
@Path("/v1/events")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Events", description = "Logged events and their proofs")
public class EventResource {

    private final LoggedEvents events;
    private final TreeStore tree;
    private final Caller caller;
    private final Clock clock;
    private final Duration settlingTime;

    EventResource(
            LoggedEvents events,
            TreeStore tree,
            Caller caller,
            Clock clock,
            @ConfigProperty(name = "tenure.log.settling-time") Duration settlingTime) {
        this.events = events;
        this.tree = tree;
        this.caller = caller;
        this.clock = clock;
        this.settlingTime = settlingTime;
    }

    @GET
    @RolesAllowed({Roles.AUDITOR, Roles.CSP_ADMIN, Roles.TENANT_ADMIN})
    @Operation(
            summary = "Events in the order of the log",
            description = "Roles: auditor, csp-admin; tenant-admin sees its own tenant's events only.")
    @APIResponse(responseCode = "200", description = "A page of events")
    @APIResponse(responseCode = "404", description = "The tenant is not the caller's own (not-found)")
    public Uni<Page<LoggedEvent>> list(
            @Parameter(description = "Only events of this tenant") @QueryParam("tenantId") UUID tenantId,
            @Parameter(description = "Only events of this CloudEvents type") @QueryParam("type") @Size(max = 255)
                    String type,
            @Parameter(description = "Only events that this termination caused") @QueryParam("correlationId")
                    UUID correlationId,
            @Valid @BeanParam PageRequest page) {
        if (tenantId != null) {
            caller.mustSee(tenantId, "tenant");
        }
        UUID visible = caller.onlyTenant().orElse(tenantId);
        return events.list(new Filter(visible, type, correlationId, page.afterIndex()), page.limit());
    }

    @GET
    @Path("/{eventId}")
    @Produces(EventCodec.CONTENT_TYPE)
    @RolesAllowed({Roles.AUDITOR, Roles.CSP_ADMIN, Roles.TENANT_ADMIN})
    @Operation(
            summary = "An event, byte for byte as it was published",
            description = "Roles: auditor, csp-admin; tenant-admin for its own tenant's events.")
    @APIResponse(
            responseCode = "200",
            description = "The CloudEvent, as events/asyncapi.yaml describes it",
            content =
                    @Content(
                            mediaType = EventCodec.CONTENT_TYPE,
                            schema =
                                    @Schema(
                                            type = SchemaType.OBJECT,
                                            requiredProperties = {"specversion", "id", "source", "type"},
                                            properties = {
                                                @SchemaProperty(name = "specversion", type = SchemaType.STRING),
                                                @SchemaProperty(name = "id", type = SchemaType.STRING),
                                                @SchemaProperty(name = "source", type = SchemaType.STRING),
                                                @SchemaProperty(name = "type", type = SchemaType.STRING)
                                            })))
    @APIResponse(responseCode = "404", description = "The log has no such event (not-found)")
    public Uni<byte[]> event(@PathParam("eventId") UUID eventId) {
        Optional<UUID> only = caller.onlyTenant();
        return events.find(eventId).map(found -> found.filter(event -> sees(only, event.tenantId()))
                .orElseThrow(() -> Problem.notFound("event"))
                .bytes());
    }

    @GET
    @Path("/{eventId}/proof")
    @RolesAllowed({Roles.AUDITOR, Roles.CSP_ADMIN, Roles.ACCOUNT_MANAGER, Roles.TENANT_ADMIN})
    @Operation(
            summary = "The proof that the log holds an event",
            description =
                    "Save the answer to a file and check it offline. Roles: auditor, csp-admin, account-manager; tenant-admin for its own tenant's events.")
    @APIResponse(responseCode = "200", description = "The event, its inclusion proof and the signed checkpoint")
    @APIResponse(responseCode = "404", description = "The log has no such event (not-found)")
    @APIResponse(
            responseCode = "409",
            description = "The event is so new that it may still be on its way into the log (not-yet-sequenced)")
    public Uni<EventProof> proof(@PathParam("eventId") UUID eventId) {
        Optional<UUID> only = caller.onlyTenant();
        return tree.provable(eventId).map(found -> found.filter(entry -> sees(only, entry.tenantId()))
                .map(entry -> EventProof.of(eventId, entry))
                .orElseThrow(() -> missing(eventId)));
    }

    private static boolean sees(Optional<UUID> only, UUID tenantId) {
        return only.isEmpty() || only.get().equals(tenantId);
    }

    /** Another tenant's event must look like one that does not exist, so the answer may depend only on the id. */
    private Problem missing(UUID eventId) {
        Duration age = Duration.between(bornAt(eventId), clock.instant()).abs();
        return age.compareTo(settlingTime) < 0
                ? Problem.conflict("not-yet-sequenced", "The log has no such event yet. Try again in a second.")
                        .with("retryAfter", 1)
                : Problem.notFound("event");
    }

    /** UUIDv7 begins with the milliseconds since 1970 (RFC 9562, 5.7). */
    private static Instant bornAt(UUID id) {
        return id.version() == 7 ? Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16) : Instant.EPOCH;
    }
}

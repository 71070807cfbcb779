package io.tenure.provisioning.asset;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.events.AssetKind;
import io.tenure.kit.access.Caller;
import io.tenure.kit.access.Roles;
import io.tenure.kit.idempotency.Once;
import io.tenure.kit.page.Page;
import io.tenure.kit.page.PageRequest;
import io.tenure.kit.problem.Problem;
import io.tenure.platform.Intent;
import io.tenure.provisioning.operation.OpenOperation;
import io.tenure.provisioning.operation.Operations;
import io.tenure.provisioning.tenant.Tenants;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Orders for VMs and VDCs, and their state. Nothing here reaches into a customer's VDC (matrix row C1.2). */
@Path("/v1")
@Tag(name = "Assets")
@Produces(MediaType.APPLICATION_JSON)
public class AssetResource {

    static final String NAME = "^[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}$";

    private static final String READERS =
            "Roles: account-manager, csp-operator, auditor, tenant-admin (its own tenant).";
    private static final String BUYERS = "Roles: account-manager, csp-operator, tenant-admin (its own tenant).";

    private final Orders orders;
    private final Operations operations;
    private final Assets assets;
    private final Tenants tenants;
    private final Caller caller;

    AssetResource(Orders orders, Assets assets, Operations operations, Tenants tenants, Caller caller) {
        this.operations = operations;
        this.orders = orders;
        this.assets = assets;
        this.tenants = tenants;
        this.caller = caller;
    }

    /** How far the platform has got. */
    @Schema(name = "Progress")
    record ProgressView(
            Intent intent,
            Instant begunAt,

            @Schema(description = "In the platform's own units, up to total; null until the platform reports it")
            Long done,

            Long total) {}

    /** Something that a tenant has on a platform; sizes in MiB. */
    @Schema(name = "Asset")
    record AssetView(
            UUID id,
            UUID tenantId,

            @Schema(description = "VDC_VM: a machine that the tenant made in its VDC, known from an inventory")
            AssetKind kind,

            @Schema(description = "The VDC that a VDC_VM is in")
            UUID vdcId,

            String name,
            AssetStatus status,

            @Schema(description = "Why it FAILED") String failure,

            @Schema(
                    description = "Why the last attempt failed. It is tried again, unless the platform says"
                            + " that no attempt will work: then somebody must fix the cause and have the termination's"
                            + " command repeated")
            String obstacle,

            @Schema(description = "What its platform is doing with it; null if nothing")
            ProgressView progress,

            String image,
            Integer vcpus,
            Integer memoryMiB,

            @Schema(description = "Of a VM") Integer diskMiB,

            @Schema(description = "Of a VDC: the agreed amount")
            Integer storageMiB,

            @Schema(description = "Of a VDC: what it used when last measured; may be more than was agreed")
            Long storageUsedBytes,

            @Schema(description = "When that was measured") Instant measuredAt,

            @Schema(description = "Where it was ordered") String location,

            @Schema(description = "Where it is, as the platform reports")
            String placement,

            Instant createdAt) {}

    @POST
    @Path("/tenants/{tenantId}/vms")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed({Roles.ACCOUNT_MANAGER, Roles.CSP_OPERATOR, Roles.TENANT_ADMIN})
    @Operation(operationId = "orderVm", summary = "Orders a virtual machine", description = BUYERS)
    @APIResponse(
            responseCode = "202",
            description = "Ordered; poll Location until it is PROVISIONED",
            headers = @Header(name = "Location"),
            content = @Content(schema = @Schema(implementation = AssetView.class)))
    @APIResponse(responseCode = "400", description = "unknown-image, unknown-location")
    @APIResponse(
            responseCode = "409",
            description = "tenant-not-active, location-not-allowed, location-without-platform")
    public Uni<Response> orderVm(
            @PathParam("tenantId") UUID tenantId,
            @HeaderParam("Idempotency-Key") String key,
            @NotNull @Valid NewVm vm) {
        caller.mustSee(tenantId, "tenant");
        return orders.order(tenantId, key, vm).chain(this::accepted);
    }

    @POST
    @Path("/tenants/{tenantId}/vdcs")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed({Roles.ACCOUNT_MANAGER, Roles.CSP_OPERATOR, Roles.TENANT_ADMIN})
    @Operation(operationId = "orderVdc", summary = "Orders a virtual data center", description = BUYERS)
    @APIResponse(
            responseCode = "202",
            description = "Ordered; poll Location until it is PROVISIONED",
            headers = @Header(name = "Location"),
            content = @Content(schema = @Schema(implementation = AssetView.class)))
    @APIResponse(responseCode = "400", description = "unknown-location")
    @APIResponse(
            responseCode = "409",
            description = "tenant-not-active, location-not-allowed, location-without-platform")
    public Uni<Response> orderVdc(
            @PathParam("tenantId") UUID tenantId,
            @HeaderParam("Idempotency-Key") String key,
            @NotNull @Valid NewVdc vdc) {
        caller.mustSee(tenantId, "tenant");
        return orders.order(tenantId, key, vdc).chain(this::accepted);
    }

    @GET
    @Path("/tenants/{tenantId}/assets")
    @RolesAllowed({Roles.ACCOUNT_MANAGER, Roles.CSP_OPERATOR, Roles.AUDITOR, Roles.TENANT_ADMIN})
    @Operation(
            operationId = "listAssets",
            summary = "All assets that a tenant has or had, oldest first",
            description = READERS)
    @APIResponse(responseCode = "200", description = "One page")
    public Uni<Page<AssetView>> list(@PathParam("tenantId") UUID tenantId, @Valid @BeanParam PageRequest page) {
        caller.mustSee(tenantId, "tenant");
        UUID after = page.after();
        return Panache.withSession(() -> tenants.find(tenantId)
                .onItem()
                .ifNull()
                .failWith(() -> Problem.notFound("tenant"))
                .chain(() -> assets.page(tenantId, after, page.limit() + 1))
                .flatMap(found -> operations
                        .of(found.stream().map(Asset::id).toList())
                        .map(open ->
                                Page.of(found, page.limit(), Asset::id, asset -> view(asset, open.get(asset.id()))))));
    }

    @GET
    @Path("/vms/{id}")
    @RolesAllowed({Roles.ACCOUNT_MANAGER, Roles.CSP_OPERATOR, Roles.AUDITOR, Roles.TENANT_ADMIN})
    @Operation(operationId = "getVm", summary = "One virtual machine", description = READERS)
    @APIResponse(responseCode = "200", description = "The VM")
    public Uni<AssetView> vm(@PathParam("id") UUID id) {
        return one(id, AssetKind.VM, "virtual machine");
    }

    @GET
    @Path("/vdcs/{id}")
    @RolesAllowed({Roles.ACCOUNT_MANAGER, Roles.CSP_OPERATOR, Roles.AUDITOR, Roles.TENANT_ADMIN})
    @Operation(operationId = "getVdc", summary = "One virtual data center", description = READERS)
    @APIResponse(responseCode = "200", description = "The VDC")
    public Uni<AssetView> vdc(@PathParam("id") UUID id) {
        return one(id, AssetKind.VDC, "virtual data center");
    }

    private Uni<AssetView> one(UUID id, AssetKind kind, String what) {
        return Panache.withSession(() -> assets.find(id).flatMap(asset -> {
            if (asset == null || asset.kind() != kind) {
                throw Problem.notFound(what);
            }
            caller.mustSee(asset.tenantId(), what);
            return operations.of(id).map(open -> view(asset, open.orElse(null)));
        }));
    }

    private Uni<Response> accepted(Once<Asset> once) {
        Uni<Asset> ordered =
                switch (once) {
                    case Once.First<Asset>(Asset asset) -> Uni.createFrom().item(asset);
                    case Once.Repeated<Asset>(UUID id) -> Panache.withSession(() -> assets.find(id));
                };
        return ordered.map(asset -> Response.accepted(view(asset, null))
                .location(URI.create(asset.path()))
                .build());
    }

    private static AssetView view(Asset asset, OpenOperation open) {
        return new AssetView(
                asset.id(),
                asset.tenantId(),
                asset.kind(),
                asset.vdcId(),
                asset.name(),
                asset.status(),
                asset.failure,
                asset.obstacle,
                open == null ? null : new ProgressView(open.intent(), open.begunAt(), open.done(), open.total()),
                asset.image,
                asset.vcpus,
                asset.memoryMib,
                asset.kind() == AssetKind.VM ? asset.storageMib : null,
                asset.kind() == AssetKind.VDC ? asset.storageMib : null,
                asset.usedBytes,
                asset.measuredAt,
                asset.location,
                asset.placement,
                asset.createdAt);
    }
}

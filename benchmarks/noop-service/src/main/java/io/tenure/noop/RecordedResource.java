package io.tenure.noop;

import io.smallrye.mutiny.Uni;
import io.tenure.events.AssetKind;
import io.tenure.events.MediaDigest;
import io.tenure.events.ProvisioningFact.AssetDisabled;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.kit.Ids;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.access.Roles;
import io.tenure.kit.outbox.Outbox;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** An operation that records one event in a transaction and does nothing else. */
@Path("/v1/recorded")
public class RecordedResource {

    private static final int TENANTS = 1024;

    private final UnitOfWork unitOfWork;
    private final Outbox outbox;
    private final AtomicLong next = new AtomicLong();

    RecordedResource(UnitOfWork unitOfWork, Outbox outbox) {
        this.unitOfWork = unitOfWork;
        this.outbox = outbox;
    }

    @POST
    @RolesAllowed(Roles.ACCOUNT_MANAGER)
    public Uni<Response> record() {
        UUID tenantId = new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0000L + next.getAndIncrement() % TENANTS);
        UUID assetId = Ids.next();
        UUID terminationId = Ids.next();
        AssetDisabled fact = new AssetDisabled(
                terminationId,
                assetId,
                AssetKind.VM,
                terminationId,
                2,
                MediaDigest.ofDisks(List.of(new Disk("system", 42_949_672_960L), new Disk("data", 107_374_182_400L))));
        return unitOfWork
                .run(() -> outbox.append(tenantId, "/v1/vms/" + assetId, terminationId, fact))
                .replaceWith(Response.noContent().build());
    }
}

package io.tenure.kit.sample;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.kit.access.Caller;
import io.tenure.kit.access.Roles;
import io.tenure.kit.audittrail.AdministrativeActions;
import io.tenure.kit.idempotency.IdempotencyKeys;
import io.tenure.kit.idempotency.Once;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.problem.Refusal;
import io.tenure.kit.text.Name;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.net.ConnectException;
import java.util.List;
import java.util.UUID;

/** Endpoints of the smallest service that the kit's tests need. */
@Path("/samples")
public class SampleResource {

    record NewSample(
            @NotNull UUID tenantId, @NotNull @Name(max = 20) String name) {}

    record View(UUID id, UUID tenantId) {}

    private final IdempotencyKeys keys;
    private final Outbox outbox;
    private final AdministrativeActions actions;
    private final Caller caller;

    SampleResource(IdempotencyKeys keys, Outbox outbox, AdministrativeActions actions, Caller caller) {
        this.keys = keys;
        this.outbox = outbox;
        this.actions = actions;
        this.caller = caller;
    }

    @POST
    @RolesAllowed({Roles.ACCOUNT_MANAGER, Roles.TENANT_ADMIN})
    public Uni<View> create(@HeaderParam("Idempotency-Key") String key, @Valid @NotNull NewSample sample) {
        caller.mustSee(sample.tenantId(), "tenant");
        return keys.once(
                        key,
                        "POST /samples",
                        sample,
                        id -> {
                            Sample row = new Sample();
                            row.id = id;
                            row.tenantId = sample.tenantId();
                            row.name = sample.name();
                            String path = "/samples/" + row.id;
                            return Panache.getSession()
                                    .flatMap(session -> session.persist(row))
                                    .chain(() ->
                                            outbox.append(row.tenantId, path, row.id, new TerminationRequested(row.id)))
                                    .chain(() -> actions.record(row.tenantId, "sample.create", path, null))
                                    .invoke(() -> {
                                        if (row.name.equals("fails")) {
                                            throw new Refusal("sample-fails", "Choose another name.")
                                                    .with("names", List.of("a"));
                                        }
                                    })
                                    .replaceWith(row);
                        },
                        row -> row.id)
                .map(once -> switch (once) {
                    case Once.First<Sample>(Sample row) -> new View(row.id, row.tenantId);
                    case Once.Repeated<Sample>(UUID id) -> new View(id, sample.tenantId());
                });
    }

    /** The tenant that the caller may see. */
    @GET
    @Path("/own")
    @RolesAllowed({Roles.TENANT_ADMIN, Roles.DEPARTING_ADMIN, Roles.CSP_OPERATOR})
    public View own() {
        return new View(null, caller.onlyTenant().orElse(null));
    }

    @GET
    @Path("/{id}")
    @PermitAll
    public View get(@PathParam("id") UUID id) {
        return new View(id, null);
    }

    @GET
    @Path("/outage")
    @PermitAll
    public Uni<View> outage() {
        return Uni.createFrom().failure(new ConnectException("postgresql.internal: secret"));
    }

    @GET
    @Path("/defect")
    @PermitAll
    public Uni<View> defect() {
        return Uni.createFrom().failure(new IllegalStateException("secret"));
    }

    @GET
    @Path("/refusal")
    @PermitAll
    public Uni<View> refusal() {
        return Uni.createFrom().failure(new Refusal("sample-is-shut", "A sample that is shut cannot be opened."));
    }

    @GET
    @Path("/unannotated")
    public String unannotated() {
        return "must never be seen";
    }
}

package io.tenure.provisioning.tenant;

import io.smallrye.mutiny.Uni;
import io.tenure.events.ProvisioningFact.BackupResponsibility;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.audittrail.AdministrativeActions;
import io.tenure.kit.idempotency.IdempotencyKeys;
import io.tenure.kit.idempotency.Once;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.problem.Problem;
import io.tenure.provisioning.disclosure.Disclosures;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** What people do with tenants; each in a transaction of its own. */
@ApplicationScoped
class TenantCommands {

    private final UnitOfWork unitOfWork;
    private final IdempotencyKeys keys;
    private final Tenants tenants;
    private final Contacts contacts;
    private final Disclosures disclosures;
    private final Outbox outbox;
    private final AdministrativeActions actions;
    private final Clock clock;

    TenantCommands(
            UnitOfWork unitOfWork,
            IdempotencyKeys keys,
            Tenants tenants,
            Contacts contacts,
            Disclosures disclosures,
            Outbox outbox,
            AdministrativeActions actions,
            Clock clock) {
        this.unitOfWork = unitOfWork;
        this.keys = keys;
        this.tenants = tenants;
        this.contacts = contacts;
        this.disclosures = disclosures;
        this.outbox = outbox;
        this.actions = actions;
        this.clock = clock;
    }

    private record Creation(String name, Contact contact, List<String> allowedLocations, BackupResponsibility backup) {}

    /** @param key the caller's Idempotency-Key, or null */
    Uni<Once<Tenant>> create(
            String key, String name, Contact contact, List<String> locations, BackupResponsibility backup) {
        Creation request = new Creation(name, contact, locations, backup);
        return keys.once(key, "POST /v1/tenants", request, id -> add(id, request), Tenant::id);
    }

    private Uni<Tenant> add(UUID id, Creation request) {
        List<String> allowed = request.allowedLocations().stream().distinct().toList();
        return disclosures
                .mustBeDisclosed(allowed)
                .chain(() -> contacts.encryptFirst(id, request.contact()))
                .map(ciphertext ->
                        new Tenant(id, request.name(), allowed, request.backup(), ciphertext, clock.instant()))
                .call(tenants::add)
                .call(tenant -> outbox.append(id, Tenant.path(id), null, tenant.created()))
                .call(() -> actions.record(id, "tenant.create", Tenant.path(id), null));
    }

    /** @param ifMatch the caller's If-Match (RFC 9110, section 13.1.1), or null */
    Uni<Void> confirmContact(UUID id, String ifMatch, Contact contact) {
        if (ifMatch == null || ifMatch.isBlank()) {
            throw new Problem(428, "if-match-required", "If-Match is required", "Send the tenant's ETag as If-Match.");
        }
        return unitOfWork.run(() -> tenants.lock(id)
                .onItem()
                .ifNull()
                .failWith(() -> Problem.notFound("tenant"))
                .invoke(tenant -> mustMatch(ifMatch, tenant))
                .invoke(Tenant::mustKeepContact)
                .flatMap(tenant -> contacts.encrypt(id, contact)
                        .map(ciphertext -> tenant.confirmContact(ciphertext, clock.instant()))
                        .chain(fact -> outbox.append(id, Tenant.path(id), null, fact))
                        .chain(() -> actions.record(id, "tenant.contact.update", Tenant.path(id) + "/contact", null))));
    }

    private static void mustMatch(String ifMatch, Tenant tenant) {
        // Strong comparison: a weak tag never matches.
        if (Arrays.stream(ifMatch.split(","))
                .map(String::strip)
                .noneMatch(tag -> tag.equals("*") || tag.equals("\"" + tenant.version() + "\""))) {
            throw new Problem(
                    412,
                    "stale",
                    "The tenant was changed since",
                    "Read the tenant again and repeat with its new ETag.");
        }
    }
}

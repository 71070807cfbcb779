package io.tenure.provisioning.tenant;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.encryption.TenantKeys;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.problem.Refusal;
import io.tenure.kit.task.TaskRequest;
import io.tenure.kit.task.Tasks;
import io.tenure.kit.task.Urgency;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Stores contacts encrypted (matrix row P8.2) and erases them. All methods take part in the caller's session. */
@ApplicationScoped
public class Contacts {

    private static final String PURPOSE = "contact";

    private final Tenants tenants;
    private final TenantKeys keys;
    private final Tasks tasks;
    private final Outbox outbox;
    private final ObjectMapper mapper;
    private final Clock clock;
    private final Duration eraseAfter;

    Contacts(
            Tenants tenants,
            TenantKeys keys,
            Tasks tasks,
            Outbox outbox,
            ObjectMapper mapper,
            Clock clock,
            @ConfigProperty(name = "tenure.contact.erase-after") Duration eraseAfter) {
        this.tenants = tenants;
        this.keys = keys;
        this.tasks = tasks;
        this.outbox = outbox;
        this.mapper = mapper;
        this.clock = clock;
        this.eraseAfter = eraseAfter;
    }

    /** Encrypts the contact of a tenant that is created in this transaction. */
    Uni<byte[]> encryptFirst(UUID tenantId, Contact contact) {
        return keys.encryptFirst(tenantId, PURPOSE, write(contact));
    }

    Uni<byte[]> encrypt(UUID tenantId, Contact contact) {
        return keys.encrypt(tenantId, PURPOSE, write(contact));
    }

    private byte[] write(Contact contact) {
        try {
            return mapper.writeValueAsBytes(contact);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("A contact cannot be written as JSON");
        }
    }

    /** The contact in the clear; empty once it is erased. */
    Uni<Optional<Contact>> decrypt(Tenant tenant) {
        if (tenant.isContactErased()) {
            return Uni.createFrom().item(Optional.empty());
        }
        return keys.decrypt(tenant.id(), PURPOSE, tenant.contact()).map(bytes -> Optional.of(read(bytes)));
    }

    /** The tenant is deleted: its contact is erased once the certificate is delivered, or after a fixed time. */
    public Uni<Void> scheduleErasure(UUID tenantId, UUID terminationId) {
        return tasks.request(TaskRequest.now(ContactErasure.KIND, tenantId, tenantId, terminationId, Urgency.BACKGROUND)
                .after(eraseAfter));
    }

    /** The certificate of deletion arrived, so the contact is not needed any more. */
    public Uni<Void> certificateDelivered(UUID tenantId, UUID terminationId) {
        return tenants.lock(tenantId)
                .invoke(tenant -> {
                    if (tenant == null
                            || tenant.status() != TenantStatus.DELETED
                            || !tenant.terminationId().equals(terminationId)) {
                        throw new Refusal("no-such-deletion", "No such deletion was completed here");
                    }
                })
                .chain(this::erase)
                .chain(() -> tasks.cancel(ContactErasure.KIND, tenantId));
    }

    /**
     * Destroys the key of a deleted tenant's contact, unless it is already destroyed; the caller holds the tenant's
     * lock.
     */
    Uni<Void> erase(Tenant tenant) {
        return tenant.eraseContact(clock.instant())
                .map(fact -> keys.destroy(tenant.id())
                        .chain(() -> outbox.append(tenant.id(), Tenant.path(tenant.id()), tenant.terminationId(), fact))
                        .replaceWithVoid())
                .orElseGet(() -> Uni.createFrom().voidItem());
    }

    private Contact read(byte[] json) {
        try {
            return mapper.readValue(json, Contact.class);
        } catch (IOException unreadable) {
            // Its message may quote the contact.
            throw new IllegalStateException("A stored contact is not readable");
        }
    }
}

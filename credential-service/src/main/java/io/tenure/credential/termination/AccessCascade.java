package io.tenure.credential.termination;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.tenure.credential.access.TenantAccess;
import io.tenure.credential.access.TenantAccesses;
import io.tenure.credential.identity.IdentityReconciler;
import io.tenure.credential.reveal.RevealLinks;
import io.tenure.credential.temporary.Credential;
import io.tenure.credential.temporary.Credentials;
import io.tenure.events.CredentialFact.CredentialRevoked;
import io.tenure.kit.encryption.TenantKeys;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.task.TaskRequest;
import io.tenure.kit.task.Tasks;
import io.tenure.kit.task.Urgency;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * What the stations of a tenant's life mean for its access. All within the transaction that receives the fact; the identity
 * provider follows by {@link IdentityReconciler}.
 */
@ApplicationScoped
public class AccessCascade {

    private final TenantAccesses accesses;
    private final Credentials credentials;
    private final RevealLinks links;
    private final TenantKeys keys;
    private final Tasks tasks;
    private final Outbox outbox;
    private final Clock clock;

    AccessCascade(
            TenantAccesses accesses,
            Credentials credentials,
            RevealLinks links,
            TenantKeys keys,
            Tasks tasks,
            Outbox outbox,
            Clock clock) {
        this.accesses = accesses;
        this.credentials = credentials;
        this.links = links;
        this.keys = keys;
        this.tasks = tasks;
        this.outbox = outbox;
        this.clock = clock;
    }

    /** A tenant is to have an administrator's identity and its credential. */
    public Uni<Void> created(UUID tenantId) {
        return accesses.lock(tenantId)
                .invoke(TenantAccess::wantIdentity)
                .flatMap(access -> access.lacksIdentity()
                        ? requestReconciliation(tenantId, null, Urgency.NORMAL)
                        : Uni.createFrom().voidItem());
    }

    /** Nothing of the tenant's opens anything any more: credentials and links at once, identities at once after. */
    public Uni<Void> restrict(UUID tenantId, UUID terminationId) {
        Instant now = clock.instant();
        return accesses.lock(tenantId)
                .flatMap(access -> access.restrict(terminationId)
                        ? credentials
                                .lockAll(tenantId)
                                .flatMap(all -> voidAll(access, inForce(all), now))
                                .chain(() -> requestReconciliation(tenantId, terminationId, Urgency.URGENT))
                        : Uni.createFrom().voidItem());
    }

    /** Identities work again; revoked credentials stay revoked. */
    public Uni<Void> restore(UUID tenantId, UUID terminationId) {
        return accesses.lock(tenantId)
                .flatMap(access -> access.restore(terminationId)
                        ? requestReconciliation(tenantId, terminationId, Urgency.URGENT)
                        : Uni.createFrom().voidItem());
    }

    /** Ciphertexts and keys are destroyed at once; identities are deleted after. */
    public Uni<Void> destroy(UUID tenantId, UUID terminationId) {
        Instant now = clock.instant();
        return accesses.lock(tenantId)
                .flatMap(access -> access.destroy(terminationId)
                        ? credentials
                                .lockAll(tenantId)
                                .flatMap(all -> voidAll(access, inForce(all), now)
                                        .invoke(() -> all.forEach(credential -> credential.destroy(now))))
                                .chain(() -> keys.destroy(tenantId))
                                .invoke(destroyed -> access.count(0, 0, destroyed))
                                .chain(() -> requestReconciliation(tenantId, terminationId, Urgency.URGENT))
                        : Uni.createFrom().voidItem());
    }

    private Uni<Void> voidAll(TenantAccess access, List<Credential> credentials, Instant now) {
        int ciphertexts = (int) credentials.stream()
                .filter(credential -> credential.ciphertext() != null)
                .count();
        access.count(credentials.size(), ciphertexts, 0);
        credentials.forEach(credential -> credential.revoke(now));
        return links.revokeAll(access.tenantId(), now)
                .chain(() -> Multi.createFrom()
                        .iterable(credentials)
                        .onItem()
                        .transformToUniAndConcatenate(credential -> outbox.append(
                                access.tenantId(),
                                Credential.path(credential.id()),
                                access.terminationId(),
                                new CredentialRevoked(credential.id(), access.terminationId())))
                        .collect()
                        .last())
                .chain(() -> Panache.getSession().flatMap(session -> session.flush()));
    }

    private Uni<Void> requestReconciliation(UUID tenantId, UUID terminationId, Urgency urgency) {
        return tasks.request(TaskRequest.now(IdentityReconciler.KIND, tenantId, tenantId, terminationId, urgency));
    }

    private static List<Credential> inForce(List<Credential> all) {
        return all.stream().filter(Credential::isInForce).toList();
    }
}

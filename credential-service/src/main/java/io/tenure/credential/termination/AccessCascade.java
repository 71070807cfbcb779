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
import io.tenure.events.CredentialFact.Target;
import io.tenure.events.LifecycleFact.CommandRepeated;
import io.tenure.kit.Ids;
import io.tenure.kit.encryption.TenantKeys;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.task.TaskRequest;
import io.tenure.kit.task.Tasks;
import io.tenure.kit.task.Urgency;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * What a tenant's creation and the phases of its termination mean for its access. Everything happens in the transaction
 * that receives the fact; {@link IdentityReconciler} then brings the identity provider in line.
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
    private final Duration departingGrace;

    AccessCascade(
            TenantAccesses accesses,
            Credentials credentials,
            RevealLinks links,
            TenantKeys keys,
            Tasks tasks,
            Outbox outbox,
            Clock clock,
            @ConfigProperty(name = "tenure.credential.departing-grace") Duration departingGrace) {
        this.accesses = accesses;
        this.credentials = credentials;
        this.links = links;
        this.keys = keys;
        this.tasks = tasks;
        this.outbox = outbox;
        this.clock = clock;
        this.departingGrace = departingGrace;
    }

    /** A new tenant gets an administrator with a credential. */
    public Uni<Void> created(UUID tenantId) {
        return credentials
                .first(tenantId, Target.TENANT, tenantId)
                .flatMap(prepared -> prepared
                        ? requestReconciliation(tenantId, null, Urgency.NORMAL)
                        : Uni.createFrom().voidItem());
    }

    /**
     * Locks the tenant out: voids credentials and links at once, and then disables its identities. Its administrator
     * keeps reduced access, to follow or cancel the termination.
     */
    public Uni<Void> restrict(UUID tenantId, UUID terminationId) {
        return accesses.lock(tenantId)
                .flatMap(access -> access.restrict(terminationId)
                        ? credentials
                                .lockAll(tenantId)
                                .flatMap(all -> voidAll(access, all))
                                .chain(() -> requestReconciliation(tenantId, terminationId, Urgency.URGENT))
                        : Uni.createFrom().voidItem());
    }

    /**
     * Enables identities again. Revoked credentials stay revoked; those that nobody had seen, or that were withheld,
     * are replaced.
     */
    public Uni<Void> restore(UUID tenantId, UUID terminationId) {
        return accesses.lock(tenantId)
                .flatMap(access -> access.restore(terminationId)
                        ? replaceNeverSeen(tenantId)
                                .chain(() -> requestReconciliation(tenantId, terminationId, Urgency.URGENT))
                        : Uni.createFrom().voidItem());
    }

    private Uni<Void> replaceNeverSeen(UUID tenantId) {
        return credentials
                .neverSeen(tenantId)
                .flatMap(unseen -> each(unseen, before -> credentials.next(Ids.next(), before)));
    }

    /** Destroys ciphertexts and keys at once; then all identities but the departing administrator's are deleted. */
    public Uni<Void> destroy(UUID tenantId, UUID terminationId) {
        return accesses.lock(tenantId)
                .flatMap(access -> access.destroy(terminationId)
                        ? credentials
                                .lockAll(tenantId)
                                .flatMap(all -> voidAll(access, all)
                                        .invoke(() -> all.forEach(credential -> credential.destroy(clock.instant()))))
                                .chain(() -> keys.destroy(tenantId))
                                .invoke(destroyed -> access.count(0, 0, destroyed))
                                .chain(() -> requestReconciliation(tenantId, terminationId, Urgency.URGENT))
                        : Uni.createFrom().voidItem());
    }

    /** The certificate was issued: the departing administrator has the grace period to fetch it. */
    public Uni<Void> certified(UUID tenantId, UUID terminationId) {
        return accesses.lock(tenantId)
                .flatMap(access -> access.certified(terminationId)
                        ? tasks.request(TaskRequest.now(
                                        AdministratorDeparture.KIND,
                                        tenantId,
                                        tenantId,
                                        terminationId,
                                        Urgency.BACKGROUND)
                                .after(departingGrace))
                        : Uni.createFrom().voidItem());
    }

    /**
     * Lifecycle repeats a command that it still waits for.
     *
     * @param confirm asks lifecycle to confirm a deletion before it happens
     */
    public Uni<Void> repeated(UUID tenantId, CommandRepeated fact, Supplier<Uni<Void>> confirm) {
        UUID terminationId = fact.terminationId();
        return accesses.lock(tenantId).flatMap(access -> switch (access.repeated(fact.command(), terminationId)) {
            case CARRY_OUT ->
                switch (fact.command()) {
                    case DISABLE -> restrict(tenantId, terminationId);
                    case RESTORE ->
                        access.isOpen() ? restoreUnheardOf(access, terminationId) : restore(tenantId, terminationId);
                    case DELETE -> confirm.get();
                };
            case TRY_NOW -> requestReconciliation(tenantId, terminationId, Urgency.URGENT);
            case TELL_AGAIN ->
                outbox.append(tenantId, "/v1/tenants/" + tenantId, terminationId, access.closing())
                        .replaceWithVoid();
            case IGNORE -> Uni.createFrom().voidItem();
        });
    }

    private Uni<Void> restoreUnheardOf(TenantAccess access, UUID terminationId) {
        access.restoreUnheardOf(terminationId);
        return requestReconciliation(access.tenantId(), terminationId, Urgency.URGENT);
    }

    /** Voids all credentials that are not void yet, with all links. */
    private Uni<Void> voidAll(TenantAccess access, List<Credential> all) {
        List<Credential> open =
                all.stream().filter(credential -> !credential.isVoid()).toList();
        int known = (int)
                open.stream().filter(credential -> !credential.isPrepared()).count();
        int ciphertexts = (int) open.stream()
                .filter(credential -> credential.ciphertext() != null)
                .count();
        access.count(known, ciphertexts, 0);
        return links.revokeAll(access.tenantId(), clock.instant())
                .chain(() -> each(open, credential -> credentials.revoke(credential, access.terminationId())))
                .chain(() -> Panache.getSession().flatMap(session -> session.flush()));
    }

    private static Uni<Void> each(List<Credential> credentials, Function<Credential, Uni<?>> action) {
        return Multi.createFrom()
                .iterable(credentials)
                .onItem()
                .transformToUniAndConcatenate(
                        credential -> action.apply(credential).replaceWithVoid())
                .collect()
                .last();
    }

    private Uni<Void> requestReconciliation(UUID tenantId, UUID terminationId, Urgency urgency) {
        return tasks.request(TaskRequest.now(IdentityReconciler.KIND, tenantId, tenantId, terminationId, urgency));
    }
}

package io.tenure.credential.identity;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.tenure.credential.access.TenantAccess;
import io.tenure.credential.access.TenantAccess.Staged;
import io.tenure.credential.access.TenantAccesses;
import io.tenure.credential.credential.Credential;
import io.tenure.credential.credential.Credentials;
import io.tenure.credential.credential.Secret;
import io.tenure.credential.identity.TenantIdentities.Identity;
import io.tenure.events.CredentialFact;
import io.tenure.events.CredentialFact.Target;
import io.tenure.events.CredentialFact.TenantAccessRestored;
import io.tenure.events.CredentialFact.TenantAccessRevoked;
import io.tenure.events.CredentialFact.TenantIdentityCreated;
import io.tenure.events.CredentialFact.TenantKeysDestroyed;
import io.tenure.kit.Ids;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.encryption.TenantKeys;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.task.Task;
import io.tenure.kit.task.TaskHandler;
import io.tenure.kit.task.Tasks;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * Brings the identity provider in line with a tenant's access, whatever that is by then, and announces it. A tenant has one
 * such task at a time, so no two of its changes race at the provider; if the access changes under way, the task begins anew.
 */
@ApplicationScoped
class IdentityAlignment implements TaskHandler {

    static final String KIND = "tenant-identities";

    private final TenantAccesses accesses;
    private final Credentials credentials;
    private final TenantIdentities identities;
    private final DisabledIdentities disabled;
    private final TenantKeys keys;
    private final UnitOfWork unitOfWork;
    private final Outbox outbox;
    private final Tasks tasks;

    IdentityAlignment(
            TenantAccesses accesses,
            Credentials credentials,
            TenantIdentities identities,
            DisabledIdentities disabled,
            TenantKeys keys,
            UnitOfWork unitOfWork,
            Outbox outbox,
            Tasks tasks) {
        this.accesses = accesses;
        this.credentials = credentials;
        this.identities = identities;
        this.disabled = disabled;
        this.keys = keys;
        this.unitOfWork = unitOfWork;
        this.outbox = outbox;
        this.tasks = tasks;
    }

    /**
     * What the access demands of the provider.
     *
     * @param revision of the access that was looked at
     * @param password of the administrator that is to be created, if one is
     * @param enable whom to let in again
     */
    private record Plan(
            UUID tenantId, TenantAccess.State state, long revision, Optional<Secret> password, List<String> enable) {}

    /** What was done there. @param created id of the new administrator, if one was to be created */
    private record Outcome(Optional<String> created, int identities) {}

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Uni<Void> run(Task task) {
        return unitOfWork
                .run(() -> accesses.lock(task.tenantId()).flatMap(this::plan))
                .flatMap(plan -> carryOut(plan).flatMap(outcome -> unitOfWork.run(() -> settle(task, plan, outcome))))
                .flatMap(settled -> settled ? Uni.createFrom().voidItem() : run(task));
    }

    private Uni<Plan> plan(TenantAccess access) {
        Uni<Optional<Secret>> password = access.lacksIdentity()
                ? firstPassword(access).map(Optional::of)
                : Uni.createFrom().item(Optional.empty());
        return password.flatMap(secret -> disabled.of(access.tenantId())
                .map(enable -> new Plan(access.tenantId(), access.state(), access.revision(), secret, enable)));
    }

    /** Committed before the provider learns it, so that a repeated attempt gives it the same one. */
    private Uni<Secret> firstPassword(TenantAccess access) {
        return access.staged()
                .map(staged -> keys.decrypt(
                                access.tenantId(), Credential.purpose(staged.credentialId()), staged.ciphertext())
                        .map(Secret::of))
                .orElseGet(() -> {
                    UUID id = Ids.next();
                    Secret secret = Secret.random();
                    return keys.encrypt(access.tenantId(), Credential.purpose(id), secret.bytes())
                            .invoke(ciphertext -> access.stage(new Staged(id, ciphertext)))
                            .replaceWith(secret);
                });
    }

    private Uni<Outcome> carryOut(Plan plan) {
        return switch (plan.state()) {
            case OPEN -> open(plan);
            case REVOKED -> revoke(plan);
            case DESTROYED -> destroy(plan);
        };
    }

    private Uni<Outcome> open(Plan plan) {
        Uni<Optional<String>> created = plan.password()
                .map(password -> outside(identities.establish(
                                plan.tenantId(), Credentials.username(Target.TENANT, plan.tenantId()), password))
                        .map(Optional::of))
                .orElseGet(() -> Uni.createFrom().item(Optional.empty()));
        return created.flatMap(id -> outside(each(plan.enable(), identities::enable))
                .map(enabled -> new Outcome(
                        id, (int) enabled.stream().filter(Boolean::booleanValue).count())));
    }

    private Uni<Outcome> revoke(Plan plan) {
        return outside(identities.of(plan.tenantId())).flatMap(all -> unitOfWork
                .run(() -> disabled.remember(
                        plan.tenantId(),
                        all.stream().filter(Identity::enabled).map(Identity::id).toList()))
                .chain(() -> outside(
                        each(all, identity -> identities.disable(identity.id()).replaceWith(true))))
                .replaceWith(new Outcome(Optional.empty(), all.size())));
    }

    private Uni<Outcome> destroy(Plan plan) {
        return outside(identities.of(plan.tenantId())).flatMap(all -> outside(
                        each(all, identity -> identities.delete(identity.id()).replaceWith(true)))
                .replaceWith(new Outcome(Optional.empty(), all.size())));
    }

    /** @return whether nothing is left to do; then the task is complete */
    private Uni<Boolean> settle(Task task, Plan plan, Outcome outcome) {
        return accesses.lock(plan.tenantId()).flatMap(access -> {
            if (access.revision() != plan.revision()) {
                return Uni.createFrom().item(false);
            }
            return outcome.created()
                    .map(identityId -> introduce(access, identityId))
                    .orElseGet(() -> Uni.createFrom().voidItem())
                    .chain(() -> access.isAnnounced() ? Uni.createFrom().voidItem() : announce(access, outcome))
                    .chain(() -> access.lacksIdentity()
                            ? Uni.createFrom().item(false)
                            : tasks.complete(task).replaceWith(true));
        });
    }

    private Uni<Void> introduce(TenantAccess access, String identityId) {
        Staged staged = access.staged().orElseThrow();
        UUID tenantId = access.tenantId();
        access.identityCreated(identityId);
        return outbox.append(tenantId, path(tenantId), null, new TenantIdentityCreated(identityId))
                .chain(() -> credentials.issue(
                        staged.credentialId(),
                        tenantId,
                        Target.TENANT,
                        tenantId,
                        Credentials.username(Target.TENANT, tenantId),
                        staged.ciphertext()));
    }

    private Uni<Void> announce(TenantAccess access, Outcome outcome) {
        UUID termination = access.terminationId();
        access.announce();
        CredentialFact fact =
                switch (access.state()) {
                    case OPEN -> new TenantAccessRestored(termination, outcome.identities());
                    case REVOKED ->
                        new TenantAccessRevoked(termination, access.revokedCredentials(), outcome.identities());
                    case DESTROYED ->
                        new TenantKeysDestroyed(termination, access.destroyedKeys(), access.erasedCiphertexts());
                };
        return outbox.append(access.tenantId(), path(access.tenantId()), termination, fact)
                .chain(() -> access.state() == TenantAccess.State.REVOKED
                        ? Uni.createFrom().voidItem()
                        : disabled.forget(access.tenantId()));
    }

    private static <T, R> Uni<List<R>> each(List<T> items, Function<T, Uni<R>> action) {
        return Multi.createFrom()
                .iterable(items)
                .onItem()
                .transformToUniAndConcatenate(action::apply)
                .collect()
                .asList();
    }

    /** Sessions live on the task's own context, and an answer from outside may come on another. */
    private static <T> Uni<T> outside(Uni<T> call) {
        Context own = Vertx.currentContext();
        return call.emitOn(next -> own.runOnContext(run -> next.run()));
    }

    private static String path(UUID tenantId) {
        return "/v1/tenants/" + tenantId;
    }
}

package io.tenure.credential.identity;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.tenure.credential.access.TenantAccess;
import io.tenure.credential.access.TenantAccess.Staged;
import io.tenure.credential.access.TenantAccesses;
import io.tenure.credential.identity.IdentityReconciler.Plan;
import io.tenure.credential.identity.IdentityReconciler.Result;
import io.tenure.credential.identity.TenantIdentities.Identity;
import io.tenure.credential.temporary.Credential;
import io.tenure.credential.temporary.Credentials;
import io.tenure.credential.temporary.Secret;
import io.tenure.events.CredentialFact;
import io.tenure.events.CredentialFact.Target;
import io.tenure.events.CredentialFact.TenantAccessRestored;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.events.CredentialFact.TenantIdentityCreated;
import io.tenure.events.CredentialFact.TenantKeysDestroyed;
import io.tenure.kit.Ids;
import io.tenure.kit.encryption.TenantKeys;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.task.Reconciliation;
import io.tenure.kit.task.Step;
import io.tenure.kit.task.Task;
import io.tenure.kit.task.Work;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Brings the identity provider in line with a tenant's access, whatever that is by then, and announces it. A tenant has one
 * such task at a time, so no two of its changes race at the provider; if the access changes under way, the task begins anew.
 */
@ApplicationScoped
public class IdentityReconciler implements Reconciliation<Plan, Result> {

    public static final String KIND = "tenant-identities";

    private final TenantAccesses accesses;
    private final Credentials credentials;
    private final TenantIdentities identities;
    private final DisabledIdentities disabled;
    private final TenantKeys keys;
    private final Outbox outbox;

    IdentityReconciler(
            TenantAccesses accesses,
            Credentials credentials,
            TenantIdentities identities,
            DisabledIdentities disabled,
            TenantKeys keys,
            Outbox outbox) {
        this.accesses = accesses;
        this.credentials = credentials;
        this.identities = identities;
        this.disabled = disabled;
        this.keys = keys;
        this.outbox = outbox;
    }

    /** What the access demands of the provider. */
    sealed interface Plan {

        /** Of the access that was looked at. */
        long revision();

        /**
         * Access is open.
         *
         * @param password of the administrator that is to be created, if one is
         * @param enable whom to let in again
         */
        record Open(long revision, Optional<Secret> password, List<String> enable) implements Plan {}

        /** Access is restricted: who is there, and who of them may come in? */
        record Look(long revision) implements Plan {}

        /** Who may come in is noted, so that it can be given back: nobody may any more. */
        record Shut(long revision, List<Identity> found) implements Plan {}

        /** Access is destroyed. */
        record Remove(long revision) implements Plan {}
    }

    /** What was done there. */
    sealed interface Result {

        /** @param created id of the new administrator, if one was to be created; @param identities how many were enabled */
        record Opened(Optional<String> created, int identities) implements Result {}

        record Seen(List<Identity> identities) implements Result {}

        record Closed(int identities) implements Result {}
    }

    @Override
    public String kind() {
        return KIND;
    }

    /** Several answers of the provider; each that comes is progress. */
    @Override
    public Duration deadline() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Uni<Step<Plan>> plan(Task task) {
        return accesses.lock(task.tenantId()).flatMap(this::plan).map(Step::act);
    }

    private Uni<Plan> plan(TenantAccess access) {
        return switch (access.state()) {
            case OPEN ->
                password(access).flatMap(password -> disabled.of(access.tenantId())
                        .map(enable -> new Plan.Open(access.revision(), password, enable)));
            case RESTRICTED -> Uni.createFrom().item(new Plan.Look(access.revision()));
            case DESTROYED -> Uni.createFrom().item(new Plan.Remove(access.revision()));
        };
    }

    /** Committed before the provider learns it, so that a repeated attempt gives it the same one. */
    private Uni<Optional<Secret>> password(TenantAccess access) {
        if (!access.lacksIdentity()) {
            return Uni.createFrom().item(Optional.empty());
        }
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
                })
                .map(Optional::of);
    }

    @Override
    public Uni<Result> act(Work work, Plan plan) {
        UUID tenantId = work.task().tenantId();
        return switch (plan) {
            case Plan.Open open -> open(work, open);
            case Plan.Look look -> identities.of(tenantId).map(Result.Seen::new);
            case Plan.Shut shut ->
                each(work, shut.found(), identity -> identities
                                .disable(identity.id())
                                .replaceWith(true))
                        .map(all -> new Result.Closed(all.size()));
            case Plan.Remove remove ->
                identities
                        .of(tenantId)
                        .flatMap(all -> each(work, all, identity -> identities
                                .delete(identity.id())
                                .replaceWith(true)))
                        .map(all -> new Result.Closed(all.size()));
        };
    }

    private Uni<Result> open(Work work, Plan.Open open) {
        UUID tenantId = work.task().tenantId();
        Uni<Optional<String>> created = open.password()
                .map(password -> identities
                        .establish(tenantId, Credentials.username(Target.TENANT, tenantId), password)
                        .map(Optional::of))
                .orElseGet(() -> Uni.createFrom().item(Optional.empty()));
        return created.flatMap(id -> each(work, open.enable(), identities::enable)
                .map(enabled -> new Result.Opened(
                        id, (int) enabled.stream().filter(Boolean::booleanValue).count())));
    }

    @Override
    public Uni<Step<Plan>> settle(Task task, Plan plan, Result result) {
        return accesses.lock(task.tenantId()).flatMap(access -> {
            if (access.revision() != plan.revision()) {
                return plan(access).map(Step::act);
            }
            return switch (result) {
                case Result.Opened opened ->
                    opened.created()
                            .map(identityId -> introduce(access, identityId))
                            .orElseGet(() -> Uni.createFrom().voidItem())
                            .chain(() -> announce(access, opened.identities()))
                            .chain(() -> access.lacksIdentity()
                                    ? plan(access).map(Step::act)
                                    : Uni.createFrom().item(Step.done()));
                case Result.Seen seen ->
                    disabled.remember(
                                    access.tenantId(),
                                    seen.identities().stream()
                                            .filter(Identity::enabled)
                                            .map(Identity::id)
                                            .toList())
                            .replaceWith(Step.act(new Plan.Shut(plan.revision(), seen.identities())));
                case Result.Closed closed ->
                    announce(access, closed.identities()).replaceWith(Step.done());
            };
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

    private Uni<Void> announce(TenantAccess access, int identities) {
        if (access.isAnnounced()) {
            return Uni.createFrom().voidItem();
        }
        UUID termination = access.terminationId();
        return accesses.now()
                .invoke(now -> access.announce(now, identities))
                .chain(() -> outbox.append(access.tenantId(), path(access.tenantId()), termination, closing(access)))
                .chain(() -> access.state() == TenantAccess.State.RESTRICTED
                        ? Uni.createFrom().voidItem()
                        : disabled.forget(access.tenantId()));
    }

    private static CredentialFact closing(TenantAccess access) {
        UUID termination = access.terminationId();
        return switch (access.state()) {
            case OPEN -> new TenantAccessRestored(termination, access.identities());
            case RESTRICTED ->
                new TenantAccessRestricted(
                        termination, access.notBefore(), access.revokedCredentials(), access.identities());
            case DESTROYED -> new TenantKeysDestroyed(termination, access.destroyedKeys(), access.erasedCiphertexts());
        };
    }

    /** One after the other; each is progress. */
    private static <T, R> Uni<List<R>> each(Work work, List<T> items, Function<T, Uni<R>> action) {
        AtomicInteger done = new AtomicInteger();
        return Multi.createFrom()
                .iterable(items)
                .onItem()
                .transformToUniAndConcatenate(
                        item -> action.apply(item).invoke(() -> work.progressed(done.incrementAndGet(), items.size())))
                .collect()
                .asList();
    }

    private static String path(UUID tenantId) {
        return "/v1/tenants/" + tenantId;
    }
}

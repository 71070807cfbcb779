package io.tenure.credential.identity;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.tenure.credential.access.TenantAccess;
import io.tenure.credential.access.TenantAccesses;
import io.tenure.credential.identity.IdentityReconciler.Plan;
import io.tenure.credential.identity.IdentityReconciler.Result;
import io.tenure.credential.identity.TenantIdentities.Identity;
import io.tenure.credential.identity.TenantIdentities.Standing;
import io.tenure.credential.temporary.Credential;
import io.tenure.credential.temporary.Credentials;
import io.tenure.credential.temporary.Secret;
import io.tenure.events.CredentialFact;
import io.tenure.events.CredentialFact.Target;
import io.tenure.events.CredentialFact.TenantAccessRestored;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.kit.Ids;
import io.tenure.kit.access.TenantRestrictions;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.task.Reconciliation;
import io.tenure.kit.task.Step;
import io.tenure.kit.task.Task;
import io.tenure.kit.task.Work;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Brings the identity provider in line with a tenant's current access and announces it. A tenant has one such task at a
 * time, so its changes never race at the provider; if the access changes meanwhile, the task starts over.
 */
@ApplicationScoped
public class IdentityReconciler implements Reconciliation<Plan, Result> {

    public static final String KIND = "tenant-identities";

    private final TenantAccesses accesses;
    private final Credentials credentials;
    private final TenantIdentities identities;
    private final DisabledIdentities disabled;
    private final TenantRestrictions restrictions;
    private final Outbox outbox;
    private final Clock clock;

    IdentityReconciler(
            TenantAccesses accesses,
            Credentials credentials,
            TenantIdentities identities,
            DisabledIdentities disabled,
            TenantRestrictions restrictions,
            Outbox outbox,
            Clock clock) {
        this.accesses = accesses;
        this.credentials = credentials;
        this.identities = identities;
        this.disabled = disabled;
        this.restrictions = restrictions;
        this.outbox = outbox;
        this.clock = clock;
    }

    /** A credential of the administrator that the provider does not know yet. */
    record Admission(UUID credentialId, Secret password) {}

    /** What to do at the provider. */
    sealed interface Plan {

        /** The revision of the access that this plan is based on. */
        long revision();

        /**
         * Access is open.
         *
         * @param admission the administrator's credential, if it gets a new password or does not exist yet
         * @param enable the identities to enable again
         * @param reinstate the administrator's id, if its full rights must be given back
         */
        record Open(long revision, Optional<Admission> admission, List<String> enable, Optional<String> reinstate)
                implements Plan {}

        /** Access is restricted: list the identities and whether they are enabled. */
        record Look(long revision) implements Plan {}

        /** The enabled identities are stored for a restoration: now disable all, except the departing administrator. */
        record Shut(long revision, List<Identity> found) implements Plan {}

        /** Access is restricted, and the departing administrator gets a new password. */
        record Admit(long revision, Admission admission) implements Plan {}

        /** Access is destroyed. @param keep the administrator's id, which still has its grace period */
        record Remove(long revision, Optional<String> keep) implements Plan {}
    }

    /** What was done at the provider. */
    sealed interface Result {

        /** @param administrator the id of the admitted administrator @param identities how many were enabled again */
        record Opened(Optional<String> administrator, int identities) implements Result {}

        record Seen(List<Identity> identities) implements Result {}

        record Closed(int identities) implements Result {}

        record Admitted(String administrator) implements Result {}
    }

    @Override
    public String kind() {
        return KIND;
    }

    /** Covers several calls to the provider; each answer counts as progress. */
    @Override
    public Duration deadline() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Uni<Step<Plan>> plan(Task task) {
        return accesses.lock(task.tenantId()).flatMap(this::next);
    }

    private Uni<Step<Plan>> next(TenantAccess access) {
        long revision = access.revision();
        boolean follows = access.isAnnounced();
        return switch (access.state()) {
            case OPEN ->
                admission(access)
                        .flatMap(admission -> follows && admission.isEmpty()
                                ? Uni.createFrom().item(Step.<Plan>done())
                                : disabled.of(access.tenantId())
                                        .map(enable -> Step.act(new Plan.Open(
                                                revision,
                                                admission,
                                                enable,
                                                follows ? Optional.empty() : access.identityId()))));
            case RESTRICTED ->
                follows
                        ? admission(access).map(admission -> admission
                                .map(one -> Step.<Plan>act(new Plan.Admit(revision, one)))
                                .orElseGet(Step::done))
                        : Uni.createFrom().item(Step.act(new Plan.Look(revision)));
            case DESTROYED ->
                Uni.createFrom().item(follows ? Step.done() : Step.act(new Plan.Remove(revision, access.identityId())));
        };
    }

    /**
     * The administrator's credential that the provider does not know yet. It was committed before, so that a retry
     * sends the same one; if it has waited too long, it is replaced.
     */
    private Uni<Optional<Admission>> admission(TenantAccess access) {
        return credentials
                .latest(access.tenantId())
                .flatMap(latest -> latest == null || !latest.isPrepared()
                        ? Uni.createFrom().nullItem()
                        : latest.isStale(clock.instant())
                                ? credentials.revoke(latest, null).chain(() -> credentials.next(Ids.next(), latest))
                                : Uni.createFrom().item(latest))
                .flatMap(credential -> credential == null
                        ? Uni.createFrom().item(Optional.empty())
                        : credentials
                                .secret(credential)
                                .map(secret -> Optional.of(new Admission(credential.id(), secret))));
    }

    @Override
    public Uni<Result> act(Work work, Plan plan) {
        UUID tenantId = work.task().tenantId();
        return switch (plan) {
            case Plan.Open open -> open(work, open);
            case Plan.Look look -> identities.of(tenantId).map(Result.Seen::new);
            case Plan.Shut shut ->
                each(work, shut.found(), identity -> shut(tenantId, identity))
                        .map(all -> new Result.Closed(all.size()));
            case Plan.Admit admit ->
                establish(tenantId, admit.admission(), Standing.DEPARTING).map(Result.Admitted::new);
            case Plan.Remove remove ->
                identities
                        .of(tenantId)
                        .map(all -> all.stream()
                                .filter(identity -> !remove.keep().equals(Optional.of(identity.id())))
                                .toList())
                        .flatMap(all -> each(work, all, identity -> identities
                                .delete(identity.id())
                                .replaceWith(true)))
                        .map(all -> new Result.Closed(all.size()));
        };
    }

    private Uni<Boolean> shut(UUID tenantId, Identity identity) {
        return isAdministrator(tenantId, identity)
                ? identities.become(identity.id(), Standing.DEPARTING)
                : identities.disable(identity.id()).replaceWith(true);
    }

    private Uni<Result> open(Work work, Plan.Open open) {
        UUID tenantId = work.task().tenantId();
        Uni<Optional<String>> administrator = open.admission()
                .map(admission ->
                        establish(tenantId, admission, Standing.ADMINISTRATOR).map(Optional::of))
                .orElseGet(() -> Uni.createFrom().item(Optional.empty()));
        return administrator.flatMap(admitted -> reinstate(open, admitted)
                .flatMap(reinstated -> each(work, open.enable(), identities::enable)
                        .map(enabled -> new Result.Opened(
                                admitted,
                                (reinstated ? 1 : 0)
                                        + (int) enabled.stream()
                                                .filter(Boolean::booleanValue)
                                                .count()))));
    }

    private Uni<Boolean> reinstate(Plan.Open open, Optional<String> admitted) {
        return open.reinstate()
                .map(id -> admitted.isPresent()
                        ? Uni.createFrom().item(true)
                        : identities.become(id, Standing.ADMINISTRATOR))
                .orElseGet(() -> Uni.createFrom().item(false));
    }

    private Uni<String> establish(UUID tenantId, Admission admission, Standing standing) {
        return identities.establish(
                tenantId, Credential.username(Target.TENANT, tenantId), admission.password(), standing);
    }

    private static boolean isAdministrator(UUID tenantId, Identity identity) {
        return identity.username().equals(Credential.username(Target.TENANT, tenantId));
    }

    @Override
    public Uni<Step<Plan>> settle(Task task, Plan plan, Result result) {
        return accesses.lock(task.tenantId())
                .call(access -> identify(access, result))
                .flatMap(access -> access.revision() != plan.revision() ? next(access) : settle(access, plan, result));
    }

    private Uni<Step<Plan>> settle(TenantAccess access, Plan plan, Result result) {
        return switch (result) {
            case Result.Opened opened ->
                issue(access, ((Plan.Open) plan).admission())
                        .chain(() -> announce(access, opened.identities()))
                        .chain(() -> next(access));
            case Result.Seen seen ->
                disabled.remember(
                                access.tenantId(),
                                seen.identities().stream()
                                        .filter(identity ->
                                                identity.enabled() && !isAdministrator(access.tenantId(), identity))
                                        .map(Identity::id)
                                        .toList())
                        .replaceWith(Step.act(new Plan.Shut(plan.revision(), seen.identities())));
            case Result.Closed closed -> announce(access, closed.identities()).chain(() -> next(access));
            case Result.Admitted admitted ->
                issue(access, Optional.of(((Plan.Admit) plan).admission())).chain(() -> next(access));
        };
    }

    /** Records who the administrator is, even if the access changed meanwhile, so that it can be found again. */
    private Uni<Void> identify(TenantAccess access, Result result) {
        UUID tenantId = access.tenantId();
        Optional<String> administrator =
                switch (result) {
                    case Result.Opened opened -> opened.administrator();
                    case Result.Admitted admitted -> Optional.of(admitted.administrator());
                    case Result.Seen seen ->
                        seen.identities().stream()
                                .filter(identity -> isAdministrator(tenantId, identity))
                                .map(Identity::id)
                                .findFirst();
                    case Result.Closed closed -> Optional.empty();
                };
        return administrator
                .flatMap(access::identify)
                .map(fact -> outbox.append(tenantId, path(tenantId), null, fact).replaceWithVoid())
                .orElseGet(() -> Uni.createFrom().voidItem());
    }

    /** Issues the credential that the provider knows now, unless it was voided or replaced meanwhile. */
    private Uni<Void> issue(TenantAccess access, Optional<Admission> admission) {
        return admission
                .map(one -> credentials
                        .latest(access.tenantId())
                        .flatMap(latest -> latest.id().equals(one.credentialId()) && latest.isPrepared()
                                ? credentials.issue(latest)
                                : Uni.createFrom().<Void>voidItem()))
                .orElseGet(() -> Uni.createFrom().voidItem());
    }

    private Uni<Void> announce(TenantAccess access, int identities) {
        return access.announce(clock.instant(), identities)
                .map(fact -> announced(access, fact))
                .orElseGet(() -> Uni.createFrom().voidItem());
    }

    private Uni<Void> announced(TenantAccess access, CredentialFact fact) {
        UUID tenantId = access.tenantId();
        return outbox.append(tenantId, path(tenantId), access.terminationId(), fact)
                .chain(() -> switch (fact) {
                    case TenantAccessRestricted restricted -> restrictions.note(tenantId, restricted);
                    case TenantAccessRestored restored ->
                        restrictions.note(tenantId, restored).chain(() -> disabled.forget(tenantId));
                    default -> disabled.forget(tenantId);
                });
    }

    /** One after the other; each counts as progress. */
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

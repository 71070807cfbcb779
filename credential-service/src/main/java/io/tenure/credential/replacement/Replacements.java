package io.tenure.credential.replacement;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.credential.access.TenantAccess;
import io.tenure.credential.access.TenantAccesses;
import io.tenure.credential.identity.IdentityReconciler;
import io.tenure.credential.reveal.RevealLinks;
import io.tenure.credential.temporary.Credential;
import io.tenure.credential.temporary.Credentials;
import io.tenure.kit.access.Caller;
import io.tenure.kit.audittrail.AdministrativeActions;
import io.tenure.kit.problem.Problem;
import io.tenure.kit.problem.Refusal;
import io.tenure.kit.task.TaskRequest;
import io.tenure.kit.task.Tasks;
import io.tenure.kit.task.Urgency;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.UUID;

/**
 * Replaces credentials that were never fetched, expired, were revoked, or were lost after they were shown (rows P1.2b
 * and P5.4). Only the customer sees the new secret, and gets a mail as for the first one.
 */
@ApplicationScoped
class Replacements {

    private final TenantAccesses accesses;
    private final Credentials credentials;
    private final RevealLinks links;
    private final Tasks tasks;
    private final AdministrativeActions actions;
    private final Caller caller;
    private final Clock clock;

    Replacements(
            TenantAccesses accesses,
            Credentials credentials,
            RevealLinks links,
            Tasks tasks,
            AdministrativeActions actions,
            Caller caller,
            Clock clock) {
        this.accesses = accesses;
        this.credentials = credentials;
        this.links = links;
        this.tasks = tasks;
        this.actions = actions;
        this.caller = caller;
        this.clock = clock;
    }

    /**
     * Voids a credential with its links and creates the next one, in the caller's transaction. An administrator's
     * credential is issued once the identity provider knows it, any other at once.
     *
     * @param id the new credential's
     * @return a Uni that fails with {@link Problem} 404 if there is no such credential of a tenant that the caller may
     *     see, and with a {@link Refusal} if it has been replaced, or the tenant may not have a new one
     */
    Uni<UUID> replace(UUID credentialId, UUID id) {
        return credentials.tenantOf(credentialId).flatMap(tenantId -> {
            if (tenantId == null) {
                throw Problem.notFound("credential");
            }
            caller.mustSee(tenantId, "credential");
            return accesses.lock(tenantId)
                    .flatMap(access -> credentials.lock(credentialId).flatMap(before -> replace(access, before, id)))
                    .replaceWith(id);
        });
    }

    private Uni<Void> replace(TenantAccess access, Credential before, UUID id) {
        before.mustBeReplaceable();
        access.mustAllow(before.target());
        UUID tenantId = access.tenantId();
        return credentials
                .latest(before.targetId())
                .invoke(latest -> {
                    if (!latest.id().equals(before.id())) {
                        throw new Refusal(
                                        "credential-replaced",
                                        "It was already replaced. Ask about the credential that replaces it.")
                                .with("replacedBy", latest.id().toString());
                    }
                })
                .chain(() -> before.isVoid() ? Uni.createFrom().voidItem() : credentials.revoke(before, null))
                .chain(() -> links.revoke(before.id(), clock.instant()))
                .chain(() -> credentials.next(id, before))
                .flatMap(made -> made.isPrepared()
                        ? tasks.request(
                                TaskRequest.now(IdentityReconciler.KIND, tenantId, tenantId, null, Urgency.NORMAL))
                        : Uni.createFrom().voidItem())
                .chain(() -> actions.record(
                        tenantId, "credential.replace", Credential.path(before.id()) + "/replacement", null))
                .chain(() -> Panache.getSession().flatMap(session -> session.flush()));
    }
}

package io.tenure.lifecycle.policy;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.access.Caller;
import io.tenure.kit.audittrail.AdministrativeActions;
import io.tenure.kit.problem.Problem;
import io.tenure.kit.problem.Refusal;
import io.tenure.lifecycle.tenant.KnownTenants;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.UUID;

/** What is agreed with each tenant about the retention of its data. */
@ApplicationScoped
public class TenantPolicies {

    private final UnitOfWork unitOfWork;
    private final KnownTenants tenants;
    private final RetentionPolicy standard;
    private final AdministrativeActions actions;
    private final Caller caller;
    private final Clock clock;

    TenantPolicies(
            UnitOfWork unitOfWork,
            KnownTenants tenants,
            RetentionPolicy standard,
            AdministrativeActions actions,
            Caller caller,
            Clock clock) {
        this.unitOfWork = unitOfWork;
        this.tenants = tenants;
        this.standard = standard;
        this.actions = actions;
        this.caller = caller;
        this.clock = clock;
    }

    /** The terms of a termination that is requested now. In the caller's session. */
    public Uni<RetentionTerms> termsOf(UUID tenantId) {
        return find(tenantId).map(policy -> policy.terms(standard.standard()));
    }

    /** What holds for a tenant. @return a Uni that fails with {@link Problem} 404 for an unknown one */
    Uni<TenantPolicy> of(UUID tenantId) {
        return Panache.withSession(() -> mustExist(tenantId).chain(() -> find(tenantId)));
    }

    /**
     * Something else is agreed with a tenant.
     *
     * @param ifMatch the caller's If-Match (RFC 9110, section 13.1.1), or null
     * @return a Uni that fails with {@link Problem} 404 for an unknown tenant, 412 and 428 without the present ETag, and
     *     with a {@link Refusal} for what may not be agreed
     */
    Uni<TenantPolicy> agree(UUID tenantId, String ifMatch, TenantPolicy.Agreement agreed) {
        if (ifMatch == null || ifMatch.isBlank()) {
            throw new Problem(428, "if-match-required", "If-Match is required", "Send the policy's ETag as If-Match.");
        }
        if (!ZoneId.getAvailableZoneIds().contains(agreed.timeZone())) {
            throw Problem.invalid("timeZone must be an id of the IANA time zone database, such as Europe/Berlin.")
                    .with("parameter", "timeZone");
        }
        return unitOfWork.run(() -> mustExist(tenantId)
                .chain(() -> lock(tenantId))
                .invoke(policy -> mustMatch(ifMatch, policy))
                .invoke(policy -> policy.agree(agreed, standard, caller.id(), clock.instant()))
                .call(policy -> actions.record(
                        tenantId, "retention-policy.set", "/v1/tenants/" + tenantId + "/retention-policy", null)));
    }

    /** Makes a row if there is none yet, so that there is something to lock. */
    private static Uni<TenantPolicy> lock(UUID tenantId) {
        return Panache.getSession().flatMap(session -> session.createNativeQuery(
                        "INSERT INTO tenant_policy (tenant_id) VALUES (?1) ON CONFLICT DO NOTHING")
                .setParameter(1, tenantId)
                .executeUpdate()
                .chain(() -> session.find(TenantPolicy.class, tenantId, LockModeType.PESSIMISTIC_WRITE)));
    }

    private static Uni<TenantPolicy> find(UUID tenantId) {
        return Panache.getSession()
                .flatMap(session -> session.find(TenantPolicy.class, tenantId))
                .map(found -> found == null ? new TenantPolicy(tenantId) : found);
    }

    private Uni<Void> mustExist(UUID tenantId) {
        return tenants.exists(tenantId)
                .invoke(known -> {
                    if (!known) {
                        throw Problem.notFoundYet("tenant");
                    }
                })
                .replaceWithVoid();
    }

    private static void mustMatch(String ifMatch, TenantPolicy policy) {
        // Strong comparison: a weak tag never matches.
        if (Arrays.stream(ifMatch.split(","))
                .map(String::strip)
                .noneMatch(tag -> tag.equals("*") || tag.equals("\"" + policy.version() + "\""))) {
            throw new Problem(
                    412,
                    "stale",
                    "The policy was changed since",
                    "Read the policy again and repeat with its new ETag.");
        }
    }
}

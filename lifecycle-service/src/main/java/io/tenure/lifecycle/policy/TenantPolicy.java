package io.tenure.lifecycle.policy;

import io.tenure.kit.problem.Refusal;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** What a tenant's contract says about the retention, where it differs from what the provider offers to all. */
@Entity
public class TenantPolicy {

    /** The version of what holds for a tenant without a policy of its own. */
    static final long NONE = 0;

    @Id
    private UUID tenantId;

    private String contract;
    private long periodMs;
    private long maximumMs;
    private String timeZone;
    private long version;
    private String changedBy;
    private Instant changedAt;

    /**
     * What is agreed.
     *
     * @param contract the provider's reference of the contract
     * @param timeZone an IANA id
     */
    record Agreement(String contract, Duration period, Duration maximum, String timeZone) {}

    /** For the persistence provider. */
    protected TenantPolicy() {}

    TenantPolicy(UUID tenantId) {
        this.tenantId = tenantId;
        this.version = NONE;
    }

    /**
     * Something else is agreed. It holds for terminations that are requested from now on.
     *
     * @param standard what the provider offers, and may offer
     * @param by the identity provider's subject
     * @throws Refusal if the law, or the provider, does not allow that
     */
    void agree(Agreement agreed, RetentionPolicy standard, String by, Instant now) {
        standard.mustAllow(agreed.period(), agreed.maximum());
        contract = agreed.contract();
        periodMs = agreed.period().toMillis();
        maximumMs = agreed.maximum().toMillis();
        timeZone = agreed.timeZone();
        version++;
        changedBy = by;
        changedAt = now;
    }

    /** The terms of a termination that is requested now. */
    RetentionTerms terms(RetentionTerms standard) {
        return version == NONE
                ? standard
                : new RetentionTerms(
                        Duration.ofMillis(periodMs),
                        Duration.ofMillis(maximumMs),
                        standard.customerExtension(),
                        standard.customerExtensions(),
                        timeZone);
    }

    UUID tenantId() {
        return tenantId;
    }

    /** Null for {@link #NONE}, like the rest. */
    String contract() {
        return contract;
    }

    long version() {
        return version;
    }

    String changedBy() {
        return changedBy;
    }

    Instant changedAt() {
        return changedAt;
    }
}

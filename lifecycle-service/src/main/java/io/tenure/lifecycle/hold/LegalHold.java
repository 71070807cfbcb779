package io.tenure.lifecycle.hold;

import io.tenure.events.LifecycleFact.LegalHoldReleased;
import io.tenure.events.LifecycleFact.LegalHoldReviewOverdue;
import io.tenure.events.LifecycleFact.LegalHoldSet;
import io.tenure.kit.problem.Refusal;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * An order of an authority that forbids to delete a tenant's data, or one asset's. A tenant may have several, of different
 * cases. One person sets it and another releases it. It may be there before any termination, and binds all that follow.
 *
 * <p>It says nothing about the customer's use of its data: a tenant that is held is disabled and restored like any other.
 */
@Entity
public class LegalHold {

    @Id
    @Column(updatable = false)
    private UUID id;

    @Column(updatable = false)
    private UUID tenantId;

    @Column(updatable = false)
    private UUID assetId;

    @Column(updatable = false)
    private String authority;

    @Column(updatable = false)
    private String caseReference;

    @Column(updatable = false)
    private String reason;

    private Instant reviewAt;
    private Instant remindAt;

    @Column(updatable = false)
    private String setBy;

    @Column(updatable = false)
    private Instant setAt;

    private String releasedBy;
    private Instant releasedAt;
    private String releaseReason;

    /**
     * What an order says. Free text of people: it stays in this service.
     *
     * @param assetId the only asset that it is about; null for everything that the tenant has
     * @param authority who ordered it, such as a court
     * @param caseReference the authority's own
     * @param reviewAt when somebody must look at whether it is still needed
     */
    record Order(UUID assetId, String authority, String caseReference, String reason, Instant reviewAt) {}

    /** A new hold, and the fact that it was set. */
    record Beginning(LegalHold hold, LegalHoldSet fact) {}

    /** For the persistence provider. */
    protected LegalHold() {}

    /**
     * Somebody sets a hold.
     *
     * @param by the identity provider's subject
     * @throws Refusal if its review is not to come
     */
    static Beginning set(UUID id, UUID tenantId, Order order, String by, Instant now) {
        mustBeToCome(order.reviewAt(), now);
        LegalHold hold = new LegalHold();
        hold.id = id;
        hold.tenantId = tenantId;
        hold.assetId = order.assetId();
        hold.authority = order.authority();
        hold.caseReference = order.caseReference();
        hold.reason = order.reason();
        hold.reviewAt = order.reviewAt();
        hold.remindAt = order.reviewAt();
        hold.setBy = by;
        hold.setAt = now;
        return new Beginning(hold, new LegalHoldSet(id, hold.assetId, hold.reviewAt));
    }

    /**
     * A second person releases it.
     *
     * @return empty if it was released before
     * @throws Refusal if it is who set it
     */
    Optional<LegalHoldReleased> release(String by, String why, Instant now) {
        if (!isInForce()) {
            return Optional.empty();
        }
        if (by.equals(setBy)) {
            throw new Refusal("second-person-needed", "You set the hold yourself. Somebody else must release it.");
        }
        releasedBy = by;
        releasedAt = now.isBefore(setAt) ? setAt : now;
        releaseReason = why;
        remindAt = null;
        return Optional.of(new LegalHoldReleased(id));
    }

    /**
     * Somebody looked at it, and it is still needed.
     *
     * @param next when somebody must look again
     * @throws Refusal if it was released, or the next review is not to come
     */
    void reviewed(Instant next, Instant now) {
        if (!isInForce()) {
            throw new Refusal("hold-released", "The hold was released. There is nothing left to review.");
        }
        mustBeToCome(next, now);
        reviewAt = next;
        remindAt = next;
    }

    /** The review was due and did not take place. @return the fact, the first time for each due date */
    Optional<LegalHoldReviewOverdue> remind(Instant now) {
        if (remindAt == null || now.isBefore(remindAt)) {
            return Optional.empty();
        }
        remindAt = null;
        return Optional.of(new LegalHoldReviewOverdue(id, reviewAt));
    }

    private static void mustBeToCome(Instant review, Instant now) {
        if (!review.isAfter(now)) {
            throw new Refusal("review-not-to-come", "The review must be in the future, and is " + review + ".");
        }
    }

    boolean isInForce() {
        return releasedAt == null;
    }

    boolean isReviewOverdue(Instant now) {
        return isInForce() && !now.isBefore(reviewAt);
    }

    String path() {
        return "/v1/holds/" + id;
    }

    UUID id() {
        return id;
    }

    UUID tenantId() {
        return tenantId;
    }

    /** The only asset that it is about; null for everything that the tenant has. */
    UUID assetId() {
        return assetId;
    }

    String authority() {
        return authority;
    }

    String caseReference() {
        return caseReference;
    }

    String reason() {
        return reason;
    }

    Instant reviewAt() {
        return reviewAt;
    }

    String setBy() {
        return setBy;
    }

    Instant setAt() {
        return setAt;
    }

    /** Null while it is in force, like the rest of its release. */
    String releasedBy() {
        return releasedBy;
    }

    Instant releasedAt() {
        return releasedAt;
    }

    String releaseReason() {
        return releaseReason;
    }
}

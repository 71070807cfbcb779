package io.tenure.lifecycle.gate;

import io.tenure.kit.problem.Refusal;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;

/**
 * More deletions for one day than its budget. One person asks for it, and a second one approves it. Until then it has no
 * effect.
 */
@Entity
public class BudgetRelease {

    @Id
    @Column(updatable = false)
    private UUID id;

    @Column(updatable = false)
    private LocalDate day;

    @Column(updatable = false)
    private int number;

    @Column(updatable = false)
    private String reason;

    @Column(updatable = false)
    private String askedBy;

    @Column(updatable = false)
    private Instant askedAt;

    private String approvedBy;
    private Instant approvedAt;

    /** For the persistence provider. */
    protected BudgetRelease() {}

    /**
     * Somebody asks for it.
     *
     * @param day in UTC; null for today
     * @param number how many more, positive
     * @param by the identity provider's subject
     * @throws Refusal if the day is over
     */
    static BudgetRelease asked(UUID id, LocalDate day, int number, String reason, String by, Instant now) {
        BudgetRelease release = new BudgetRelease();
        release.id = id;
        release.day = day == null ? LocalDate.ofInstant(now, ZoneOffset.UTC) : day;
        release.number = number;
        release.reason = reason;
        release.askedBy = by;
        release.askedAt = now;
        release.mustBeToCome(now);
        return release;
    }

    /**
     * A second person approves it.
     *
     * @return false if it was approved before
     * @throws Refusal if it is the first person again, or the day is over
     */
    boolean approve(String by, Instant now) {
        if (isApproved()) {
            return false;
        }
        if (by.equals(askedBy)) {
            throw new Refusal("second-person-needed", "You asked for it yourself. Somebody else must approve it.");
        }
        mustBeToCome(now);
        approvedBy = by;
        approvedAt = now.isBefore(askedAt) ? askedAt : now;
        return true;
    }

    private void mustBeToCome(Instant now) {
        if (day.isBefore(LocalDate.ofInstant(now, ZoneOffset.UTC))) {
            throw new Refusal("day-over", "The day " + day + " (UTC) is over. Ask for another one.");
        }
    }

    boolean isApproved() {
        return approvedBy != null;
    }

    UUID id() {
        return id;
    }

    /** In UTC. */
    LocalDate day() {
        return day;
    }

    int number() {
        return number;
    }

    String reason() {
        return reason;
    }

    String askedBy() {
        return askedBy;
    }

    Instant askedAt() {
        return askedAt;
    }

    /** Null before it is approved. */
    String approvedBy() {
        return approvedBy;
    }

    /** Null before it is approved. */
    Instant approvedAt() {
        return approvedAt;
    }
}

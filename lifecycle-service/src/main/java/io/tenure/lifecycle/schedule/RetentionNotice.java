package io.tenure.lifecycle.schedule;

import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.kit.Ids;
import io.tenure.lifecycle.policy.RetentionPolicy;
import io.tenure.lifecycle.policy.RetentionSchedule;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * A notice that must be proven delivered before the deletion may start. It counts as having reached the customer when
 * the mail server accepted it; that is proven later, if it does not bounce.
 */
@Entity
public class RetentionNotice {

    @Id
    private UUID id;

    private UUID terminationId;
    private int version;

    @Enumerated(EnumType.STRING)
    private NoticeKind kind;

    private int sequence;
    private Instant dueAt;
    private Instant acceptedAt;
    private Instant deliveredAt;
    private int attempts;

    /** For the persistence provider. */
    protected RetentionNotice() {}

    /** A notice as the database holds it. */
    public RetentionNotice(
            UUID id,
            UUID terminationId,
            int version,
            NoticeKind kind,
            int sequence,
            Instant dueAt,
            Instant acceptedAt,
            Instant deliveredAt) {
        this.id = id;
        this.terminationId = terminationId;
        this.version = version;
        this.kind = kind;
        this.sequence = sequence;
        this.dueAt = dueAt;
        this.acceptedAt = acceptedAt;
        this.deliveredAt = deliveredAt;
    }

    /** The notices of a schedule: one that announces it, and the warnings. @param first the kind of the first */
    static List<RetentionNotice> of(UUID terminationId, RetentionSchedule schedule, NoticeKind first) {
        List<RetentionNotice> notices = new ArrayList<>();
        notices.add(planned(terminationId, schedule, first, 1, schedule.madeAt()));
        for (Instant warning : schedule.warnings()) {
            notices.add(planned(terminationId, schedule, NoticeKind.RETENTION_WARNING, notices.size(), warning));
        }
        return notices;
    }

    private static RetentionNotice planned(
            UUID terminationId, RetentionSchedule schedule, NoticeKind kind, int sequence, Instant dueAt) {
        return new RetentionNotice(Ids.next(), terminationId, schedule.version(), kind, sequence, dueAt, null, null);
    }

    /** The mail server accepted it. */
    void accepted(Instant at, int attempts) {
        if (attempts > this.attempts || acceptedAt == null) {
            this.attempts = Math.max(attempts, this.attempts);
            acceptedAt = at;
        }
    }

    /** It did not bounce. */
    void delivered(Instant at, int attempts) {
        accepted(at, attempts);
        if (deliveredAt == null) {
            // After a failover the database's clock may be slightly behind.
            deliveredAt = at.isBefore(acceptedAt) ? acceptedAt : at;
        }
    }

    /**
     * It was not delivered, or it bounced after all.
     *
     * @return false if that concerns an earlier attempt than the last one known
     */
    boolean failed(int attempts) {
        if (attempts < this.attempts) {
            return false;
        }
        this.attempts = attempts;
        acceptedAt = null;
        deliveredAt = null;
        return true;
    }

    /**
     * The end of the time that this notice promises, counted from when it reached the customer: a one-day warning that
     * arrives late moves the deletion, it does not shorten the day.
     *
     * @param endsAt the retention's end, as the notice announced it
     */
    public Instant promiseEnds(Instant endsAt) {
        return isPromise() && acceptedAt != null && acceptedAt.isAfter(dueAt)
                ? acceptedAt.plus(promised(endsAt))
                : endsAt;
    }

    /** The later end of the retention that this notice requires; empty if it arrived in time, or nearly. */
    Optional<Instant> laterEnd(Instant endsAt, RetentionPolicy policy) {
        return isPromise() && acceptedAt != null && acceptedAt.isAfter(dueAt.plus(policy.lateness()))
                ? Optional.of(promiseEnds(endsAt))
                : Optional.empty();
    }

    /**
     * The start notice promises no time of its own; the retention period does. Nor does an extension, which only adds to
     * what the customer was promised before.
     */
    private boolean isPromise() {
        return kind != NoticeKind.RETENTION_STARTED && kind != NoticeKind.RETENTION_EXTENDED;
    }

    private Duration promised(Instant endsAt) {
        return Duration.between(dueAt, endsAt);
    }

    public boolean isDelivered() {
        return deliveredAt != null;
    }

    public UUID terminationId() {
        return terminationId;
    }

    /** For people, for example {@code retention warning 2}. */
    public String label() {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + sequence;
    }
}

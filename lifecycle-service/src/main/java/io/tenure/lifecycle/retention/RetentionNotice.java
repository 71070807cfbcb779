package io.tenure.lifecycle.retention;

import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.kit.Ids;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** A notice that must be proven delivered before the deletion may start. */
@Entity
@Table(name = "retention_notice")
class RetentionNotice {

    @Id
    private UUID id;

    @Column(name = "termination_id")
    private UUID terminationId;

    @Enumerated(EnumType.STRING)
    private NoticeKind kind;

    private int sequence;

    @Column(name = "due_at")
    private Instant dueAt;

    @Column(name = "delivered_at")
    private Instant deliveredAt;

    /** For the persistence provider. */
    protected RetentionNotice() {}

    /** A notice as the database holds it. */
    RetentionNotice(UUID id, UUID terminationId, NoticeKind kind, int sequence, Instant dueAt, Instant deliveredAt) {
        this.id = id;
        this.terminationId = terminationId;
        this.kind = kind;
        this.sequence = sequence;
        this.dueAt = dueAt;
        this.deliveredAt = deliveredAt;
    }

    private static RetentionNotice planned(UUID terminationId, NoticeKind kind, int sequence, Instant dueAt) {
        return new RetentionNotice(Ids.next(), terminationId, kind, sequence, dueAt, null);
    }

    /** The notices of a retention: one at its start, and the warnings. */
    static List<RetentionNotice> of(UUID terminationId, RetentionSchedule schedule) {
        List<RetentionNotice> notices = new ArrayList<>();
        notices.add(planned(terminationId, NoticeKind.RETENTION_STARTED, 1, schedule.startedAt()));
        for (Instant warning : schedule.warnings()) {
            notices.add(planned(terminationId, NoticeKind.RETENTION_WARNING, notices.size(), warning));
        }
        return notices;
    }

    boolean is(NoticeKind kind, int sequence) {
        return this.kind == kind && this.sequence == sequence;
    }

    void delivered(Instant at) {
        if (deliveredAt == null) {
            deliveredAt = at;
        }
    }

    /**
     * When the time is over that this notice promises, counted from its delivery: a warning of a day that comes late moves the
     * deletion, it never shortens the day.
     *
     * @param endsAt the retention's end, as the notice announced it
     */
    Instant promiseEnds(Instant endsAt) {
        return kind == NoticeKind.RETENTION_WARNING && deliveredAt != null && deliveredAt.isAfter(dueAt)
                ? deliveredAt.plus(Duration.between(dueAt, endsAt))
                : endsAt;
    }

    boolean isDelivered() {
        return deliveredAt != null;
    }

    UUID terminationId() {
        return terminationId;
    }

    /** For people, for example {@code retention warning 2}. */
    String label() {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + sequence;
    }
}

package io.tenure.lifecycle.schedule;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.events.LifecycleFact.RetentionRescheduled;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.kit.problem.Refusal;
import io.tenure.lifecycle.evidence.EvidenceLog;
import io.tenure.lifecycle.obligation.Owed;
import io.tenure.lifecycle.termination.Termination;
import io.tenure.lifecycle.time.DatabaseClock;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * When retentions end and when the customer is warned (matrix rows P1.6a, P2.1 and P4.4). Each change of a schedule
 * makes and publishes a new version; only notices of the current version count. The caller holds the termination's
 * lock. Methods join the caller's transaction.
 */
@ApplicationScoped
public class Schedules {

    private final RetentionPolicy policy;
    private final DatabaseClock clock;
    private final RetentionTimers timers;
    private final EvidenceLog evidence;

    Schedules(RetentionPolicy policy, DatabaseClock clock, RetentionTimers timers, EvidenceLog evidence) {
        this.policy = policy;
        this.clock = clock;
        this.timers = timers;
        this.evidence = evidence;
    }

    /** Starts the retention if assets and access are both disabled now; otherwise does nothing. */
    public Uni<Void> startIfShut(Termination termination, Owed owed) {
        return termination.awaitsRetention(owed)
                ? clock.now()
                        .flatMap(now -> start(termination, owed, policy.startingAt(termination.notBeforeRequest(now))))
                : Uni.createFrom().voidItem();
    }

    private Uni<Void> start(Termination termination, Owed owed, RetentionSchedule schedule) {
        List<RetentionNotice> notices = RetentionNotice.of(termination.id(), schedule);
        termination.startRetention(owed, schedule.madeAt(), schedule.endsAt(), notices.size());
        return Panache.getSession()
                .flatMap(session -> session.persistAll(notices.toArray()))
                .chain(() -> timers.begin(termination.id(), schedule.endsAt()))
                .chain(() -> evidence.publish(
                        termination.tenantId(),
                        termination.id(),
                        termination.path(),
                        new RetentionStarted(
                                termination.id(), schedule.madeAt(), schedule.endsAt(), schedule.warnings())));
    }

    /**
     * The mail server accepted a notice. If it is too late, a new version of the schedule gives the customer the time
     * that the notice promises.
     *
     * @return a Uni that fails with {@link Refusal} if the retention has no such notice
     */
    public Uni<Void> accepted(Termination termination, int version, NoticeKind kind, int sequence, int attempts) {
        return version < termination.scheduleVersion()
                ? Uni.createFrom().voidItem()
                : notice(termination, version, kind, sequence).flatMap(notice -> clock.now()
                        .invoke(now -> notice.accepted(now, attempts))
                        .flatMap(now -> rescheduleIfLate(termination, notice, now)));
    }

    /** A notice did not bounce, so it is proven delivered. Otherwise as {@link #accepted}. */
    public Uni<Void> delivered(Termination termination, int version, NoticeKind kind, int sequence, int attempts) {
        return version < termination.scheduleVersion()
                ? Uni.createFrom().voidItem()
                : notice(termination, version, kind, sequence).flatMap(notice -> clock.now()
                        .invoke(now -> notice.delivered(now, attempts))
                        .flatMap(now -> rescheduleIfLate(termination, notice, now)
                                .chain(() -> termination.isRetentionOver(now)
                                        ? timers.lookNow(termination.id())
                                        : Uni.createFrom().voidItem())));
    }

    /** A notice was not delivered, or bounced. @return false if that concerns an earlier version or attempt */
    public Uni<Boolean> failed(Termination termination, int version, NoticeKind kind, int sequence, int attempts) {
        return version < termination.scheduleVersion()
                ? Uni.createFrom().item(false)
                : notice(termination, version, kind, sequence).map(notice -> notice.failed(attempts));
    }

    private Uni<Void> rescheduleIfLate(Termination termination, RetentionNotice notice, Instant now) {
        return notice.laterEnd(termination.retentionEndsAt(), policy)
                .map(end -> reschedule(termination, policy.rescheduled(termination.scheduleVersion() + 1, now, end)))
                .orElseGet(() -> Uni.createFrom().voidItem());
    }

    private Uni<Void> reschedule(Termination termination, RetentionSchedule schedule) {
        List<RetentionNotice> notices = RetentionNotice.of(termination.id(), schedule);
        termination.reschedule(schedule.version(), schedule.endsAt(), notices.size());
        return Panache.getSession()
                .flatMap(session -> session.persistAll(notices.toArray()))
                .chain(() -> timers.lookAt(termination.id(), schedule.endsAt()))
                .chain(() -> evidence.publish(
                        termination.tenantId(),
                        termination.id(),
                        termination.path(),
                        new RetentionRescheduled(
                                termination.id(), schedule.version(), schedule.endsAt(), schedule.warnings())));
    }

    private static Uni<RetentionNotice> notice(Termination termination, int version, NoticeKind kind, int sequence) {
        return find(termination.id(), version, kind, sequence)
                .onItem()
                .ifNull()
                .failWith(() -> new Refusal("no-such-notice", "the retention has no such notice"));
    }

    private static Uni<RetentionNotice> find(UUID terminationId, int version, NoticeKind kind, int sequence) {
        return Panache.getSession().flatMap(session -> session.createQuery(
                        "from RetentionNotice where terminationId = ?1 and version = ?2 and kind = ?3 and sequence = ?4",
                        RetentionNotice.class)
                .setParameter(1, terminationId)
                .setParameter(2, version)
                .setParameter(3, kind)
                .setParameter(4, sequence)
                .getSingleResultOrNull());
    }
}

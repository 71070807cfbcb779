package io.tenure.lifecycle.schedule;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.events.LifecycleFact;
import io.tenure.events.LifecycleFact.RetentionRescheduled;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.kit.problem.Refusal;
import io.tenure.lifecycle.evidence.EvidenceLog;
import io.tenure.lifecycle.obligation.Owed;
import io.tenure.lifecycle.policy.RetentionPolicy;
import io.tenure.lifecycle.policy.RetentionSchedule;
import io.tenure.lifecycle.policy.RetentionTerms.Extender;
import io.tenure.lifecycle.termination.Termination;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import java.time.Instant;
import java.util.List;

/**
 * When retentions end and when the customer is warned (matrix rows P1.6a, P2.1 and P4.4). Each change of a schedule
 * makes and publishes a new version; only notices of the current version count. The caller holds the termination's
 * lock. Methods join the caller's transaction.
 *
 * <p>How long the customer has is counted from instants that the database reads in a statement of its own. A replica's
 * clock would do so only nearly: for some seconds after its machine was suspended it is behind by that.
 */
@ApplicationScoped
public class Schedules {

    private static final String FIND = """
            select notice, function('present_time' as Instant) from RetentionNotice notice
            where notice.terminationId = ?1 and notice.version = ?2 and notice.kind = ?3 and notice.sequence = ?4""";

    private final RetentionPolicy policy;
    private final RetentionTimers timers;
    private final EvidenceLog evidence;

    Schedules(RetentionPolicy policy, RetentionTimers timers, EvidenceLog evidence) {
        this.policy = policy;
        this.timers = timers;
        this.evidence = evidence;
    }

    /** Starts the retention if assets and access are both disabled now; otherwise does nothing. */
    public Uni<Void> startIfShut(Termination termination, Owed owed) {
        return termination.awaitsRetention(owed)
                ? start(
                        termination,
                        owed,
                        policy.startingAt(termination.notBeforeRequest(owed.at()), termination.terms()))
                : Uni.createFrom().voidItem();
    }

    private Uni<Void> start(Termination termination, Owed owed, RetentionSchedule schedule) {
        List<RetentionNotice> notices = RetentionNotice.of(termination.id(), schedule, NoticeKind.RETENTION_STARTED);
        LifecycleFact started = termination.startRetention(
                owed, schedule.madeAt(), schedule.endsAt(), schedule.warnings(), notices.size());
        return keep(notices)
                .chain(() -> timers.begin(termination.id(), schedule.endsAt()))
                .chain(() -> evidence.publish(termination.tenantId(), termination.id(), termination.path(), started));
    }

    private static Uni<Void> keep(List<RetentionNotice> notices) {
        return Panache.getSession().flatMap(session -> session.persistAll(notices.toArray()));
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
                : find(termination, version, kind, sequence).flatMap(found -> {
                    found.notice().accepted(found.at(), attempts);
                    return rescheduleIfLate(termination, found);
                });
    }

    /** A notice did not bounce, so it is proven delivered. Otherwise as {@link #accepted}. */
    public Uni<Void> delivered(Termination termination, int version, NoticeKind kind, int sequence, int attempts) {
        return version < termination.scheduleVersion()
                ? Uni.createFrom().voidItem()
                : find(termination, version, kind, sequence).flatMap(found -> {
                    found.notice().delivered(found.at(), attempts);
                    return rescheduleIfLate(termination, found)
                            .chain(() -> termination.isRetentionOver(found.at())
                                    ? timers.lookNow(termination.id())
                                    : Uni.createFrom().voidItem());
                });
    }

    /** A notice was not delivered, or bounced. @return false if that concerns an earlier version or attempt */
    public Uni<Boolean> failed(Termination termination, int version, NoticeKind kind, int sequence, int attempts) {
        return version < termination.scheduleVersion()
                ? Uni.createFrom().item(false)
                : find(termination, version, kind, sequence)
                        .map(found -> found.notice().failed(attempts));
    }

    private Uni<Void> rescheduleIfLate(Termination termination, Found found) {
        return found.notice()
                .laterEnd(termination.retentionEndsAt(), policy)
                .map(end ->
                        reschedule(termination, policy.rescheduled(termination.scheduleVersion() + 1, found.at(), end)))
                .orElseGet(() -> Uni.createFrom().voidItem());
    }

    private Uni<Void> reschedule(Termination termination, RetentionSchedule schedule) {
        List<RetentionNotice> notices =
                RetentionNotice.of(termination.id(), schedule, NoticeKind.RETENTION_RESCHEDULED);
        return change(
                termination,
                notices,
                termination.reschedule(schedule.version(), schedule.endsAt(), schedule.warnings(), notices.size()));
    }

    /**
     * Somebody wants the retention to be longer.
     *
     * @param now only tells which warnings are still to come, and an end in the past from one to come
     * @return a Uni that fails with {@link Refusal} for what its terms do not allow
     */
    public Uni<Void> extend(Termination termination, Extender by, Instant endsAt, Instant now) {
        RetentionSchedule schedule = policy.rescheduled(termination.scheduleVersion() + 1, now, endsAt);
        List<RetentionNotice> notices = RetentionNotice.of(termination.id(), schedule, NoticeKind.RETENTION_EXTENDED);
        return change(
                termination,
                notices,
                termination.extend(
                        by, policy.floor(), now, schedule.version(), endsAt, schedule.warnings(), notices.size()));
    }

    private Uni<Void> change(Termination termination, List<RetentionNotice> notices, RetentionRescheduled fact) {
        return keep(notices)
                .chain(() -> timers.lookAt(termination.id(), fact.retentionEndsAt()))
                .chain(() -> evidence.publish(termination.tenantId(), termination.id(), termination.path(), fact));
    }

    /** A notice, and when it was read by the database's clock. */
    private record Found(RetentionNotice notice, Instant at) {}

    private static Uni<Found> find(Termination termination, int version, NoticeKind kind, int sequence) {
        return Panache.getSession()
                .flatMap(session -> session.createQuery(FIND, Tuple.class)
                        .setParameter(1, termination.id())
                        .setParameter(2, version)
                        .setParameter(3, kind)
                        .setParameter(4, sequence)
                        .getSingleResultOrNull())
                .onItem()
                .ifNull()
                .failWith(() -> new Refusal("no-such-notice", "the retention has no such notice"))
                .map(row -> new Found(row.get(0, RetentionNotice.class), row.get(1, Instant.class)));
    }
}

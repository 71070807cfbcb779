package io.tenure.lifecycle.retention;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.problem.Refusal;
import io.tenure.kit.tracing.TraceContext;
import io.tenure.lifecycle.termination.Blockers;
import io.tenure.lifecycle.termination.Evidence;
import io.tenure.lifecycle.termination.Termination;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.hibernate.LockMode;

/**
 * The month between disablement and deletion (matrix rows P1.6a, P2.1 and P4.4). A retention ends when it is over and
 * every notice is proven delivered; until both hold it stays, with a blocker that says what is missing. The caller holds
 * the termination's lock. Methods join the caller's transaction.
 */
@ApplicationScoped
public class Retention {

    private final RetentionPolicy policy;
    private final Clock clock;
    private final Evidence evidence;
    private final Blockers blockers;
    private final Tracer tracer;

    Retention(RetentionPolicy policy, Clock clock, Evidence evidence, Blockers blockers, Tracer tracer) {
        this.policy = policy;
        this.clock = clock;
        this.evidence = evidence;
        this.blockers = blockers;
        this.tracer = tracer;
    }

    /** Starts the retention if all is shut now; otherwise does nothing. */
    public Uni<Void> startIfShut(Termination termination) {
        if (!termination.awaitsRetention()) {
            return Uni.createFrom().voidItem();
        }
        RetentionSchedule schedule = policy.startingAt(clock.instant());
        List<RetentionNotice> notices = RetentionNotice.of(termination.id(), schedule);
        termination.startRetention(schedule.startedAt(), schedule.endsAt(), notices.size());
        RetentionTimer timer = new RetentionTimer(termination.id(), schedule.endsAt(), TraceContext.current());
        return Panache.getSession()
                .flatMap(session -> session.persistAll(notices.toArray()).chain(() -> session.persist(timer)))
                .chain(() -> evidence.publish(
                        termination,
                        termination.path(),
                        new RetentionStarted(
                                termination.id(), schedule.startedAt(), schedule.endsAt(), schedule.warnings())));
    }

    /**
     * A notice is proven delivered. If it was the last one missing at the end of the retention, the deletion starts.
     *
     * @return a Uni that fails with {@link Refusal} if the retention has no such notice
     */
    public Uni<Void> noticeDelivered(Termination termination, NoticeKind kind, int sequence, Instant at) {
        return notices(termination.id()).flatMap(notices -> {
            notices.stream()
                    .filter(notice -> notice.is(kind, sequence))
                    .findFirst()
                    .orElseThrow(() -> new Refusal("no-such-notice", "the retention has no such notice"))
                    .delivered(at);
            return termination.isRetentionOver(clock.instant())
                    ? timer(termination.id()).flatMap(timer -> end(RetentionOver.of(termination, timer, notices)))
                    : Uni.createFrom().voidItem();
        });
    }

    /** The termination is called back: nothing will end by time any more. */
    public Uni<Void> abandon(Termination termination) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery("DELETE FROM retention_timer WHERE termination_id = ?1")
                        .setParameter(1, termination.id())
                        .executeUpdate())
                .replaceWithVoid();
    }

    private Uni<Void> end(RetentionOver over) {
        return over.end(clock.instant())
                .map(blocker -> blockers.raise(over.termination().id(), blocker))
                .orElseGet(() -> Panache.getSession()
                        .flatMap(session -> session.remove(over.timer()))
                        .chain(() -> blockers.resolveAll(over.termination().id()))
                        .chain(() -> evidence.publish(deletionStarted(over))));
    }

    /** What is to be told of a retention that was ended. It belongs to the termination's trace, not to the caller's. */
    Outbox.Encoded deletionStarted(RetentionOver over) {
        Termination termination = over.termination();
        Span span = tracer.spanBuilder("retention over")
                .setParent(TraceContext.parse(over.timer().traceparent()))
                .startSpan();
        try (Scope restored = span.makeCurrent()) {
            return evidence.encode(
                    termination,
                    termination.path(),
                    new DeletionStarted(termination.id(), termination.manifestDigest()));
        } finally {
            span.end();
        }
    }

    private static Uni<List<RetentionNotice>> notices(UUID terminationId) {
        return Panache.getSession().flatMap(session -> session.createQuery(
                        "from RetentionNotice where terminationId = ?1 order by kind, sequence", RetentionNotice.class)
                .setParameter(1, terminationId)
                .getResultList());
    }

    private static Uni<RetentionTimer> timer(UUID terminationId) {
        return Panache.getSession()
                .flatMap(session -> session.find(RetentionTimer.class, terminationId, LockMode.PESSIMISTIC_WRITE));
    }
}

package io.tenure.lifecycle.retention;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.kit.inbox.EventRefusedException;
import io.tenure.kit.tracing.TraceContext;
import io.tenure.lifecycle.termination.Blockers;
import io.tenure.lifecycle.termination.Evidence;
import io.tenure.lifecycle.termination.EvidenceRow;
import io.tenure.lifecycle.termination.Termination;
import io.tenure.lifecycle.termination.Terminations;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.hibernate.LockMode;
import org.jboss.logging.Logger;

/**
 * The month between disablement and deletion (matrix rows P1.6a, P2.1 and P4.4). A retention ends when it is over and
 * every notice is proven delivered; until both hold it stays, with a blocker that says what is missing. The caller holds
 * the termination's lock. Methods join the caller's transaction.
 */
@ApplicationScoped
public class Retention {

    private static final Logger LOG = Logger.getLogger(Retention.class);
    private static final String MATTER = "RETENTION";

    private final RetentionPolicy policy;
    private final Terminations terminations;
    private final Evidence evidence;
    private final Blockers blockers;
    private final Tracer tracer;

    Retention(RetentionPolicy policy, Terminations terminations, Evidence evidence, Blockers blockers, Tracer tracer) {
        this.policy = policy;
        this.terminations = terminations;
        this.evidence = evidence;
        this.blockers = blockers;
        this.tracer = tracer;
    }

    /** Starts the retention if all is shut now; otherwise does nothing. */
    public Uni<Void> startIfShut(Termination termination) {
        if (!termination.awaitsRetention()) {
            return Uni.createFrom().voidItem();
        }
        RetentionSchedule schedule = policy.startingAt(terminations.now());
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
     * @return a Uni that fails with {@link EventRefusedException} if the retention has no such notice
     */
    public Uni<Void> noticeDelivered(Termination termination, NoticeKind kind, int sequence, Instant at) {
        return notices(List.of(termination.id())).flatMap(notices -> {
            notices.stream()
                    .filter(notice -> notice.is(kind, sequence))
                    .findFirst()
                    .orElseThrow(() -> new EventRefusedException("the retention has no such notice"))
                    .delivered(at);
            return termination.isRetentionOver(terminations.now())
                    ? timer(termination.id()).flatMap(timer -> end(List.of(new Over(termination, notices, timer))))
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

    /** A retention whose time has come, with all that decides what follows. */
    record Over(Termination termination, List<RetentionNotice> notices, RetentionTimer timer) {

        private int delivered() {
            return (int) notices.stream().filter(RetentionNotice::isDelivered).count();
        }

        private boolean isProven() {
            return delivered() >= termination.noticesRequired();
        }
    }

    /**
     * The time of these retentions has come: starts the deletions of which nothing is missing; of the others says what is,
     * and when it will be asked again.
     */
    Uni<Void> end(List<Over> over) {
        Instant now = terminations.now();
        Map<Boolean, List<Over>> proven = over.stream().collect(Collectors.partitioningBy(Over::isProven));
        return startDeletions(proven.get(true), now)
                .chain(() -> each(proven.get(false), one -> postpone(one, now)))
                .replaceWithVoid();
    }

    /** Each step for all of them at once, so that what they cost does not grow with what the session holds. */
    private Uni<Void> startDeletions(List<Over> over, Instant now) {
        if (over.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        for (Over one : over) {
            one.termination.startDeletion(now, one.delivered());
            LOG.infof("The retention of termination %s is over", one.termination.id());
        }
        Object[] timers = over.stream().map(Over::timer).toArray();
        return Panache.getSession()
                .flatMap(session -> session.removeAll(timers))
                .chain(() -> blockers.resolveAll(
                        over.stream().map(one -> one.termination.id()).toList()))
                .chain(() -> each(over, this::record))
                // After all events, not each with its own: equal statements next to each other travel as one batch.
                .chain(evidence::keep);
    }

    private Uni<EvidenceRow> record(Over over) {
        Span span = tracer.spanBuilder("retention over")
                .setParent(TraceContext.parse(over.timer.traceparent()))
                .startSpan();
        // The event belongs to the termination's trace, not to that of the sweep.
        try (Scope restored = span.makeCurrent()) {
            Termination termination = over.termination;
            return evidence.record(termination, termination.path(), new DeletionStarted(termination.id()));
        } finally {
            span.end();
        }
    }

    private static <T> Uni<List<T>> each(List<Over> over, Function<Over, Uni<? extends T>> step) {
        return Multi.createFrom()
                .iterable(over)
                .onItem()
                .transformToUniAndConcatenate(step)
                .collect()
                .asList();
    }

    private Uni<Void> postpone(Over over, Instant now) {
        Termination termination = over.termination;
        RetentionTimer timer = over.timer;
        timer.postpone(now);
        String missing = over.notices.stream()
                .filter(notice -> !notice.isDelivered())
                .map(RetentionNotice::label)
                .collect(Collectors.joining(", "));
        return blockers.raise(
                termination.id(),
                new Blockers.Raised(
                        MATTER,
                        null,
                        termination.path(),
                        "notification",
                        "The retention is over, but these notices are not proven delivered: " + missing + ".",
                        timer.attempts(),
                        timer.dueAt()));
    }

    Uni<List<RetentionNotice>> notices(List<UUID> terminationIds) {
        return Panache.getSession().flatMap(session -> session.createQuery(
                        "from RetentionNotice where terminationId in ?1 order by kind, sequence", RetentionNotice.class)
                .setParameter(1, terminationIds)
                .getResultList());
    }

    private Uni<RetentionTimer> timer(UUID terminationId) {
        return Panache.getSession()
                .flatMap(session -> session.find(RetentionTimer.class, terminationId, LockMode.PESSIMISTIC_WRITE));
    }
}

package io.tenure.lifecycle.retention;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.UnitOfWork;
import io.tenure.lifecycle.termination.Termination;
import io.tenure.lifecycle.termination.Terminations;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jboss.logging.Logger;

/**
 * Ends retentions whose time has come, whichever replica comes first. A sweep claims due timers together with their
 * terminations, skipping what others hold, and does the work in the same transaction: a replica that dies in between
 * leaves everything as it was, and because a sweep never waits for a lock, it cannot deadlock with a fact's handler.
 *
 * <p>Sweeps follow each other at the earliest known due time, and no later than {@code tenure.retention.sweep-interval}.
 */
@ApplicationScoped
public class RetentionSweeper {

    private static final Logger LOG = Logger.getLogger(RetentionSweeper.class);

    private static final String CLAIM = """
            SELECT timer.termination_id
            FROM retention_timer timer JOIN termination ON termination.id = timer.termination_id
            WHERE timer.due_at <= ?1 AND termination.state = 'RETAINED'
            ORDER BY timer.due_at LIMIT ?2 FOR UPDATE SKIP LOCKED""";

    private final Retention retention;
    private final Terminations terminations;
    private final UnitOfWork unitOfWork;
    private final Vertx vertx;
    private final Duration interval;
    private final int batchSize;
    private volatile boolean open;
    private volatile Context context;

    RetentionSweeper(
            Retention retention,
            Terminations terminations,
            UnitOfWork unitOfWork,
            Vertx vertx,
            @ConfigProperty(name = "tenure.retention.sweep-interval") Duration interval,
            @ConfigProperty(name = "tenure.retention.batch-size") int batchSize) {
        this.retention = retention;
        this.terminations = terminations;
        this.unitOfWork = unitOfWork;
        this.vertx = vertx;
        this.interval = interval;
        this.batchSize = batchSize;
    }

    void start(@Observes StartupEvent event) {
        context = vertx.getOrCreateContext();
        open = true;
        next(interval);
    }

    void stop(@Observes ShutdownEvent event) {
        open = false;
    }

    private void next(Duration delay) {
        if (open) {
            vertx.setTimer(Math.max(1, delay.toMillis()), tick -> run());
        }
    }

    private void run() {
        // Each sweep has a context of its own, for its session.
        Context own = VertxContext.createNewDuplicatedContext(context);
        VertxContextSafetyToggle.setContextSafe(own, true);
        own.runOnContext(run -> untilDue()
                .flatMap(left -> left.isPositive()
                        ? Uni.createFrom().item(left)
                        // What is due and cannot be claimed is in another replica's hands.
                        : sweep().map(claimed -> claimed > 0 ? Duration.ZERO : interval))
                .onFailure()
                .invoke(failure -> LOG.warnf(
                        "Ended retentions wait for the next sweep: %s",
                        failure.getClass().getName()))
                .onFailure()
                .recoverWithItem(interval)
                .subscribe()
                .with(this::next));
    }

    /** One claim with its effects, in one transaction. @return how many retentions were claimed */
    Uni<Integer> sweep() {
        return unitOfWork.run(() -> Panache.getSession().flatMap(session -> session.createNativeQuery(CLAIM, UUID.class)
                .setParameter(1, terminations.now())
                .setParameter(2, batchSize)
                .getResultList()
                .flatMap(claimed -> claimed.isEmpty() ? Uni.createFrom().item(0) : end(session, claimed))));
    }

    private Uni<Integer> end(Mutiny.Session session, List<UUID> claimed) {
        return session.createQuery("from Termination where id in ?1", Termination.class)
                .setParameter(1, claimed)
                .getResultList()
                .flatMap(found -> session.createQuery(
                                "from RetentionTimer where terminationId in ?1", RetentionTimer.class)
                        .setParameter(1, claimed)
                        .getResultList()
                        .flatMap(timers -> retention
                                .notices(claimed)
                                .flatMap(notices -> end(found, byTermination(timers), notices))));
    }

    private Uni<Integer> end(List<Termination> found, Map<UUID, RetentionTimer> timers, List<RetentionNotice> notices) {
        Map<UUID, List<RetentionNotice>> noticesOf =
                notices.stream().collect(Collectors.groupingBy(RetentionNotice::terminationId));
        List<Retention.Over> over = found.stream()
                .map(termination -> new Retention.Over(
                        termination, noticesOf.getOrDefault(termination.id(), List.of()), timers.get(termination.id())))
                .toList();
        return retention.end(over).replaceWith(over.size());
    }

    private static Map<UUID, RetentionTimer> byTermination(List<RetentionTimer> timers) {
        return timers.stream().collect(Collectors.toMap(RetentionTimer::terminationId, Function.identity()));
    }

    /** How long until a retention is over, at most the interval. */
    private Uni<Duration> untilDue() {
        return Panache.withSession(() -> Panache.getSession().flatMap(session -> session.createNativeQuery(
                                "SELECT min(due_at) FROM retention_timer", Instant.class)
                        .getSingleResultOrNull()))
                .map(earliest -> {
                    Duration left = earliest == null ? interval : Duration.between(terminations.now(), earliest);
                    return left.compareTo(interval) > 0 ? interval : left;
                });
    }
}

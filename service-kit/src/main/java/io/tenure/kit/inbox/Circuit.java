package io.tenure.kit.inbox;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.tenure.kit.Failures;
import io.tenure.kit.Failures.Nature;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Keeps the consumers of a service from hammering a database that is out of reach. The first work that meets the outage
 * opens the circuit; from then on all work waits, except one piece at a time, which tries the database at a growing
 * delay. What it tries with is real work, because a server that answers a question may still refuse to write. The first
 * that is not turned away lets all others go on.
 *
 * <p>The piece that tries is always the one that has waited longest, so none can hold up the others by failing again
 * and again; if it hears nothing for the longest delay, the next one tries too. Only {@link Nature#DATABASE_AWAY} opens
 * the circuit: a collision or a peer that is away concerns one piece.
 */
@ApplicationScoped
class Circuit {

    private static final Logger LOG = Logger.getLogger(Circuit.class);
    private static final Duration FIRST = Duration.ofMillis(200);
    private static final Duration MOST = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final Clock clock;
    private final Deque<UniEmitter<? super Boolean>> waiting = new ArrayDeque<>();

    /** Null while the circuit is closed. */
    private Instant openSince;

    private Duration delay;

    private long timer = -1;

    /** Whether the delay is over and nobody has come to try. */
    private boolean due;

    Circuit(Vertx vertx, Clock clock) {
        this.vertx = vertx;
        this.clock = clock;
    }

    /** Since when the database is out of reach for the consumers; empty while it is not. */
    synchronized Optional<Instant> openSince() {
        return Optional.ofNullable(openSince);
    }

    /** How many pieces of work wait for the database. */
    synchronized int waiting() {
        return waiting.size();
    }

    /** Runs work once it may. A failure is the work's own; whoever wants it tried again subscribes again. */
    <T> Uni<T> run(Supplier<Uni<T>> work) {
        return Uni.createFrom().<Boolean>emitter(this::admit).flatMap(tries -> work.get()
                .onItemOrFailure()
                .invoke((done, failure) -> {
                    if (failure != null && Failures.natureOf(failure) == Nature.DATABASE_AWAY) {
                        refused(tries, failure);
                    } else if (tries) {
                        answered();
                    }
                })
                .onCancellation()
                .invoke(() -> {
                    if (tries) {
                        letOneTryAfter(FIRST);
                    }
                }));
    }

    /** Lets a piece of work go on, and tells it whether it is the one that tries the database. */
    private void admit(UniEmitter<? super Boolean> emitter) {
        boolean tries;
        synchronized (this) {
            if (openSince != null && !due) {
                waiting.add(emitter);
                emitter.onTermination(() -> forget(emitter));
                return;
            }
            tries = due;
            due = false;
            if (tries) {
                letOneTryAfter(MOST);
            }
        }
        emitter.complete(tries);
    }

    private synchronized void forget(UniEmitter<? super Boolean> emitter) {
        waiting.remove(emitter);
    }

    private synchronized void refused(boolean tried, Throwable failure) {
        if (openSince == null) {
            openSince = clock.instant();
            delay = FIRST;
            LOG.warnf("Records wait for the database: %s", failure.getClass().getName());
            letOneTryAfter(delay);
        } else if (tried) {
            delay = delay.multipliedBy(2).compareTo(MOST) < 0 ? delay.multipliedBy(2) : MOST;
            letOneTryAfter(delay);
        }
    }

    private void answered() {
        List<UniEmitter<? super Boolean>> released;
        synchronized (this) {
            if (openSince == null) {
                return;
            }
            LOG.infof(
                    "The database is back after %d s: records go on",
                    Duration.between(openSince, clock.instant()).toSeconds());
            openSince = null;
            due = false;
            vertx.cancelTimer(timer);
            released = List.copyOf(waiting);
            waiting.clear();
        }
        released.forEach(emitter -> emitter.complete(false));
    }

    private synchronized void letOneTryAfter(Duration pause) {
        if (openSince != null) {
            vertx.cancelTimer(timer);
            timer = vertx.setTimer(pause.toMillis(), over -> letOneTry());
        }
    }

    private void letOneTry() {
        UniEmitter<? super Boolean> longest;
        synchronized (this) {
            longest = waiting.poll();
            due = openSince != null && longest == null;
            if (longest != null) {
                letOneTryAfter(MOST);
            }
        }
        if (longest != null) {
            longest.complete(true);
        }
    }
}

package io.tenure.kit.inbox;

import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.Failures;
import io.vertx.mutiny.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Holds the records of all channels back while the database is away, so that they wait instead of asking it in a loop. One of
 * them at a time finds out whether it is back, after pauses that grow from 200 ms to 10 s.
 */
@ApplicationScoped
class Circuit {

    private static final Logger LOG = Logger.getLogger(Circuit.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final AtomicInteger held;
    private final Queue<Consumer<Boolean>> waiting = new ArrayDeque<>();
    private boolean open;
    private Duration pause = FIRST_PAUSE;

    Circuit(Vertx vertx, MeterRegistry metrics) {
        this.vertx = vertx;
        this.held = metrics.gauge("tenure.inbox.held", new AtomicInteger());
    }

    /** Runs an attempt, and again for as long as a server is away; any other end is the attempt's own. */
    <T> Uni<T> guard(Uni<T> attempt) {
        return Uni.createFrom()
                .<Boolean>emitter(admitted -> admit(admitted::complete))
                .chain(asProbe -> attempt.invoke(this::answered).onFailure().invoke(failure -> {
                    if (Failures.isOutage(failure)) {
                        away(failure, asProbe);
                    } else {
                        answered();
                    }
                }))
                .onFailure(Failures::isOutage)
                .retry()
                .indefinitely();
    }

    /** @param attempt is told whether it is the one that finds out */
    private void admit(Consumer<Boolean> attempt) {
        synchronized (this) {
            if (open) {
                waiting.add(attempt);
                held.set(waiting.size());
                return;
            }
        }
        attempt.accept(false);
    }

    /** The database did what it was asked, or said what is wrong with it: it is there. */
    private void answered() {
        List<Consumer<Boolean>> released;
        synchronized (this) {
            if (!open) {
                return;
            }
            open = false;
            released = new ArrayList<>(waiting);
            waiting.clear();
            held.set(0);
        }
        LOG.infof("The server is back: %d records go on", released.size() + 1);
        released.forEach(attempt -> attempt.accept(false));
    }

    private void away(Throwable failure, boolean asProbe) {
        long delay;
        synchronized (this) {
            if (open && !asProbe) {
                // Was on its way when another met the outage; it waits like the rest.
                return;
            }
            pause = open ? longer(pause) : FIRST_PAUSE;
            delay = pause.toMillis();
            if (!open) {
                LOG.warnf("Records wait for a server: %s", failure.getClass().getName());
            }
            open = true;
        }
        vertx.setTimer(delay, tick -> probe());
    }

    private static Duration longer(Duration pause) {
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    }

    private void probe() {
        Consumer<Boolean> next;
        synchronized (this) {
            next = waiting.poll();
            held.set(waiting.size());
            if (next == null) {
                // Answered meanwhile, or nobody waits: whoever comes next finds out.
                open = false;
                return;
            }
        }
        next.accept(true);
    }
}

package io.tenure.kit;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.DefaultBean;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.VertxContextSupport;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Provides the service's clock, which follows the database's: asks the database when the service starts, before
 * anything else can decide something, and every few seconds after that. Tests put a clock of their own in its place.
 */
@Singleton
class ClockKeeper {

    private static final Logger LOG = Logger.getLogger(ClockKeeper.class);
    private static final Duration EVERY = Duration.ofSeconds(10);

    /** The first answer to a cold process is slow, and so the least exact. */
    private static final int ASKED_AT_START = 3;

    /** Tokens and certificates tolerate this much, and traces stay readable. */
    private static final Duration TOLERATED = Duration.ofSeconds(5);

    private final Pool pool;
    private final Vertx vertx;
    private final AnchoredClock clock;
    private final AtomicBoolean asking = new AtomicBoolean();
    private boolean isOff;
    private volatile long timer = -1;

    @Inject
    ClockKeeper(Pool pool, Vertx vertx, MeterRegistry metrics) {
        // The only place where a service asks its machine what time it is.
        this(pool, vertx, metrics, Clock.systemUTC(), System::nanoTime);
    }

    ClockKeeper(Pool pool, Vertx vertx, MeterRegistry metrics, Clock own, LongSupplier nanos) {
        this.pool = pool;
        this.vertx = vertx;
        this.clock = new AnchoredClock(own, nanos);
        Gauge.builder("tenure.clock.offset", clock, one -> one.offset().toNanos() / 1e9)
                .baseUnit("seconds")
                .description("By how much this replica's own clock is ahead of the database's")
                .strongReference(true)
                .register(metrics);
    }

    @Produces
    @Singleton
    @DefaultBean
    Clock clock() {
        return clock;
    }

    /** Before schedules, consumers, the relay and tasks begin. Flyway has waited for the database already. */
    void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE - 1) StartupEvent event) throws Throwable {
        for (int i = 0; i < ASKED_AT_START; i++) {
            VertxContextSupport.subscribeAndAwait(this::ask);
        }
        Ids.tellTimeBy(clock);
        // By the monotonic clock: a Quarkus schedule goes by the wall clock and would stop when that is set back.
        timer = vertx.setPeriodic(EVERY.toMillis(), tick -> refresh());
    }

    void stop(@Observes ShutdownEvent event) {
        vertx.cancelTimer(timer);
    }

    private void refresh() {
        if (asking.compareAndSet(false, true)) {
            ask().onTermination()
                    .invoke(() -> asking.set(false))
                    .subscribe()
                    // Not worth a warning: whatever needs the database reports it, and the clock goes on without it.
                    .with(told -> {}, failure -> LOG.debug("The database did not say what time it is", failure));
        }
    }

    /** Asks the database for its time. A failure leaves the clock as it is. */
    Uni<Void> ask() {
        return pool.withConnection(this::askOn).invoke(this::compare);
    }

    /** The wait for a connection is over, and is no part of the round trip. */
    private Uni<Void> askOn(SqlConnection connection) {
        Anchor.Reading asked = clock.read();
        return connection
                .query("SELECT clock_timestamp()")
                .execute()
                .invoke(rows ->
                        clock.told(rows.iterator().next().getOffsetDateTime(0).toInstant(), asked))
                .replaceWithVoid();
    }

    private synchronized void compare() {
        Duration offset = clock.offset();
        boolean off = offset.abs().compareTo(TOLERATED) > 0;
        if (off && !isOff) {
            LOG.warnf(
                    "This machine's clock is %d s %s the database's: tokens, TLS and traces go by it, nothing else does",
                    offset.abs().toSeconds(), offset.isNegative() ? "behind" : "ahead of");
        } else if (isOff && !off) {
            LOG.info("This machine's clock agrees with the database's again");
        }
        isOff = off;
    }
}

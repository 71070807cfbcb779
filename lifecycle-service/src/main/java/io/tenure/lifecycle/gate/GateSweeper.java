package io.tenure.lifecycle.gate;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.tenure.lifecycle.schedule.RetentionDue;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Ends retentions that are due; any replica may do it. The next sweep runs at the earliest known due time, at the
 * latest after {@code tenure.retention.sweep-interval}.
 */
@ApplicationScoped
public class GateSweeper {

    private static final Logger LOG = Logger.getLogger(GateSweeper.class);
    private static final String EARLIEST =
            "SELECT extract(epoch FROM min(due_at) - present_time()) FROM retention_timer";

    private final GateSweep sweep;
    private final Pool pool;
    private final Vertx vertx;
    private final Duration interval;
    private final int batchSize;
    private volatile boolean open;
    private volatile Context context;

    GateSweeper(
            GateSweep sweep,
            Pool pool,
            Vertx vertx,
            @ConfigProperty(name = "tenure.retention.sweep-interval") Duration interval,
            @ConfigProperty(name = "tenure.retention.batch-size") int batchSize) {
        this.sweep = sweep;
        this.pool = pool;
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

    /** Something that was missing has arrived, so sweep at once. */
    void wake(@Observes RetentionDue due) {
        if (open) {
            VertxContext.createNewDuplicatedContext(context)
                    .runOnContext(run -> sweepAll().subscribe().with(claimed -> {}, GateSweeper::warn));
        }
    }

    private void next(Duration delay) {
        if (open) {
            vertx.setTimer(Math.max(1, delay.toMillis()), tick -> run());
        }
    }

    private void run() {
        // A duplicated context, because only there a span can be made current.
        VertxContext.createNewDuplicatedContext(context).runOnContext(run -> untilDue()
                .flatMap(left -> left.isPositive()
                        ? Uni.createFrom().item(left)
                        // What is due but cannot be claimed is locked by another replica.
                        : sweepAll().map(claimed -> claimed > 0 ? Duration.ZERO : interval))
                .onFailure()
                .invoke(GateSweeper::warn)
                .onFailure()
                .recoverWithItem(interval)
                .subscribe()
                .with(this::next));
    }

    private static void warn(Throwable failure) {
        LOG.warnf(
                "Sweep failed, due retentions wait for the next one: %s",
                failure.getClass().getName());
    }

    /** Sweeps until less than a batch is left. @return how many retentions the last sweep claimed */
    private Uni<Integer> sweepAll() {
        return Uni.createFrom()
                .deferred(() -> sweep.run(batchSize))
                // One line per sweep: each retention has its event anyway, and a line for each would cost as much
                // again.
                .invoke(claimed -> {
                    if (claimed > 0) {
                        LOG.infof("Sweep claimed %d due retentions", claimed);
                    }
                })
                .repeat()
                .whilst(claimed -> open && claimed == batchSize)
                .collect()
                .last();
    }

    /** The time until the next retention is due, at most the interval. */
    private Uni<Duration> untilDue() {
        return pool.preparedQuery(EARLIEST).execute().map(rows -> {
            Double seconds = rows.iterator().next().getDouble(0);
            Duration left = seconds == null ? interval : Duration.ofNanos((long) (seconds * 1e9));
            return left.compareTo(interval) > 0 ? interval : left;
        });
    }
}

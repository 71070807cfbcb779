package io.tenure.kit.task;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/** Keeps leases while their work goes on, and ends work that has lost its lease or stands still. */
@ApplicationScoped
class Watch {

    private static final Logger LOG = Logger.getLogger(Watch.class);

    private final TaskTable table;
    private final Vertx vertx;
    private final TaskConfig config;

    Watch(TaskTable table, Vertx vertx, TaskConfig config) {
        this.table = table;
        this.vertx = vertx;
        this.config = config;
    }

    /** An attempt whose lease is renewed as long as it lasts. */
    Uni<Void> over(Work work, Uni<Void> attempt) {
        return Uni.createFrom().deferred(() -> {
            AtomicBoolean renewing = new AtomicBoolean();
            long timer = vertx.setPeriodic(config.lease().toMillis() / 3, tick -> renew(work, renewing));
            return attempt.onTermination().invoke(() -> vertx.cancelTimer(timer));
        });
    }

    /** One renewal at a time: behind a lock that is held long, more of them would take every connection of the pool. */
    private void renew(Work work, AtomicBoolean renewing) {
        if (!renewing.compareAndSet(false, true)) {
            return;
        }
        long asked = System.nanoTime();
        table.renew(work)
                .onTermination()
                .invoke(() -> renewing.set(false))
                .subscribe()
                .with(
                        held -> {
                            if (held) {
                                work.renewed(asked);
                            } else {
                                work.lose();
                            }
                        },
                        failure -> LOG.warnf(
                                "A lease cannot be renewed: %s",
                                failure.getClass().getName()));
    }

    /** An act that is cancelled, and fails, once its lease is lost or it made no progress for {@code deadline}. */
    <R> Uni<R> within(Duration deadline, Work work, Uni<R> act) {
        return Uni.createFrom().emitter(answer -> {
            work.begin();
            var running = act.subscribe().with(answer::complete, answer::fail);
            long pause =
                    Math.max(10, Math.min(deadline.toMillis(), config.lease().toMillis()) / 10);
            long timer = vertx.setPeriodic(pause, tick -> {
                if (!work.isHeld()) {
                    running.cancel();
                    answer.fail(new LeaseLostException());
                } else if (work.isStalled(deadline)) {
                    running.cancel();
                    answer.fail(new StalledException(deadline));
                }
            });
            answer.onTermination(() -> vertx.cancelTimer(timer));
        });
    }
}

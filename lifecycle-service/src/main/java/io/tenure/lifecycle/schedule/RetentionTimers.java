package io.tenure.lifecycle.schedule;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.tracing.TraceContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import java.time.Instant;
import java.util.UUID;

/**
 * When the gate checks each retention. The caller holds the termination's lock; methods join the caller's transaction.
 */
@ApplicationScoped
public class RetentionTimers {

    private final UnitOfWork unitOfWork;
    private final Runnable wakeGate;

    RetentionTimers(UnitOfWork unitOfWork, Event<RetentionDue> due) {
        this.unitOfWork = unitOfWork;
        this.wakeGate = () -> due.fire(new RetentionDue());
    }

    /** Sets the timer of a retention that begins, in the current trace. */
    public Uni<Void> begin(UUID terminationId, Instant endsAt) {
        return execute(
                "INSERT INTO retention_timer (termination_id, due_at, traceparent) VALUES (?1, ?2, ?3)",
                terminationId,
                endsAt,
                TraceContext.current());
    }

    /** Moves the timer to the retention's new end. */
    public Uni<Void> lookAt(UUID terminationId, Instant endsAt) {
        return execute(
                "UPDATE retention_timer SET due_at = ?2, attempts = 0 WHERE termination_id = ?1",
                terminationId,
                endsAt);
    }

    /** Has the gate check now, because what was missing may have arrived. */
    public Uni<Void> lookNow(UUID terminationId) {
        unitOfWork.afterCommit(wakeGate);
        return execute("UPDATE retention_timer SET due_at = present_time() WHERE termination_id = ?1", terminationId);
    }

    /** Removes the timer of a cancelled termination. */
    public Uni<Void> abandon(UUID terminationId) {
        return execute("DELETE FROM retention_timer WHERE termination_id = ?1", terminationId);
    }

    private static Uni<Void> execute(String sql, Object... parameters) {
        return Panache.getSession()
                .flatMap(session -> {
                    var statement = session.createNativeQuery(sql);
                    for (int i = 0; i < parameters.length; i++) {
                        statement.setParameter(i + 1, parameters[i]);
                    }
                    return statement.executeUpdate();
                })
                .replaceWithVoid();
    }
}

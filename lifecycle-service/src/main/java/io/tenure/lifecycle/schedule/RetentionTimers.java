package io.tenure.lifecycle.schedule;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.tracing.TraceContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import java.time.Instant;
import java.util.UUID;

/** When the gate is asked about each retention. The caller holds the termination's lock; methods join its transaction. */
@ApplicationScoped
public class RetentionTimers {

    private final UnitOfWork unitOfWork;
    private final Runnable wakeGate;

    RetentionTimers(UnitOfWork unitOfWork, Event<RetentionDue> due) {
        this.unitOfWork = unitOfWork;
        this.wakeGate = () -> due.fire(new RetentionDue());
    }

    /** A retention begins, in the present trace. */
    public Uni<Void> begin(UUID terminationId, Instant endsAt) {
        return execute(
                "INSERT INTO retention_timer (termination_id, due_at, traceparent) VALUES (?1, ?2, ?3)",
                terminationId,
                endsAt,
                TraceContext.current());
    }

    /** It ends at another time than was known. */
    public Uni<Void> lookAt(UUID terminationId, Instant endsAt) {
        return execute(
                "UPDATE retention_timer SET due_at = ?2, attempts = 0 WHERE termination_id = ?1",
                terminationId,
                endsAt);
    }

    /** What was missing may have come. */
    public Uni<Void> lookNow(UUID terminationId) {
        unitOfWork.afterCommit(wakeGate);
        return execute("UPDATE retention_timer SET due_at = present_time() WHERE termination_id = ?1", terminationId);
    }

    /** Nothing will end by time any more. */
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

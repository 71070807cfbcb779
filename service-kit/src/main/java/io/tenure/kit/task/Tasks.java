package io.tenure.kit.task;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.Ids;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.tracing.TraceContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.UUID;

/** The table of open tasks. All methods take part in the caller's transaction. */
@ApplicationScoped
public class Tasks {

    private final UnitOfWork unitOfWork;
    private final Runnable wakeRunner;

    Tasks(UnitOfWork unitOfWork, TaskRunner runner) {
        this.unitOfWork = unitOfWork;
        this.wakeRunner = runner::wake;
    }

    /** The lease ran out and another replica took the task over; the transaction must not commit. */
    public static final class LeaseLostException extends RuntimeException {
        LeaseLostException() {
            super("Another replica has taken the task over", null, false, false);
        }
    }

    /**
     * Schedules a task, unless the subject has one of this kind already.
     *
     * @param dueAt not before this instant
     * @param correlationId the termination that causes it, or null
     */
    public Uni<Void> schedule(String kind, UUID tenantId, UUID subjectId, UUID correlationId, Instant dueAt) {
        unitOfWork.afterCommit(wakeRunner);
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery("INSERT INTO task"
                                + " (id, kind, tenant_id, subject_id, correlation_id, due_at, traceparent)"
                                + " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (kind, subject_id) DO NOTHING")
                        .setParameter(1, Ids.next())
                        .setParameter(2, kind)
                        .setParameter(3, tenantId)
                        .setParameter(4, subjectId)
                        .setParameter(5, correlationId)
                        .setParameter(6, dueAt)
                        .setParameter(7, TraceContext.current())
                        .executeUpdate())
                .replaceWithVoid();
    }

    /** Makes a subject's open task of a kind due at {@code dueAt} at the latest, however often it failed before. */
    public Uni<Void> hasten(String kind, UUID subjectId, Instant dueAt) {
        unitOfWork.afterCommit(wakeRunner);
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(
                                "UPDATE task SET due_at = ?3 WHERE kind = ?1 AND subject_id = ?2 AND due_at > ?3")
                        .setParameter(1, kind)
                        .setParameter(2, subjectId)
                        .setParameter(3, dueAt)
                        .executeUpdate())
                .replaceWithVoid();
    }

    /**
     * Ends a task; to be called in the transaction that commits its result.
     *
     * @return a Uni that fails with {@link LeaseLostException} if another replica holds it by now
     */
    public Uni<Void> complete(Task task) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery("DELETE FROM task WHERE id = ?1 AND lease = ?2")
                        .setParameter(1, task.id())
                        .setParameter(2, task.lease())
                        .executeUpdate())
                .invoke(deleted -> {
                    if (deleted == 0) {
                        throw new LeaseLostException();
                    }
                })
                .replaceWithVoid();
    }

    /** Drops a subject's open task of a kind, also while it runs: its {@link #complete} will then fail. */
    public Uni<Void> cancel(String kind, UUID subjectId) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery("DELETE FROM task WHERE kind = ?1 AND subject_id = ?2")
                        .setParameter(1, kind)
                        .setParameter(2, subjectId)
                        .executeUpdate())
                .replaceWithVoid();
    }
}

package io.tenure.kit.task;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.Ids;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.tracing.TraceContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/** Asks for tasks and withdraws them. All methods take part in the caller's transaction. */
@ApplicationScoped
public class Tasks {

    // A request that comes while the task runs sets "hastened", so that neither the end nor the failure of that attempt
    // swallows it.
    private static final String REQUEST = """
            INSERT INTO task (id, kind, tenant_id, subject_id, correlation_id, urgency, due_at, traceparent)
            SELECT CAST(id AS uuid), kind, CAST(tenant_id AS uuid), CAST(subject_id AS uuid), CAST(correlation_id AS uuid),
                urgency, coalesce(CAST(due_at AS timestamptz), now() + CAST(delay AS interval)), ?9
            FROM unnest(CAST(?1 AS text[]), CAST(?2 AS text[]), CAST(?3 AS text[]), CAST(?4 AS text[]), CAST(?5 AS text[]),
                CAST(?6 AS text[]), CAST(?7 AS text[]), CAST(?8 AS text[]))
                AS asked (id, kind, tenant_id, subject_id, correlation_id, urgency, due_at, delay)
            ON CONFLICT (kind, subject_id) DO UPDATE SET
                due_at = least(task.due_at, excluded.due_at),
                hastened = task.hastened OR excluded.due_at <= now(),
                urgency = excluded.urgency,
                correlation_id = coalesce(excluded.correlation_id, task.correlation_id),
                traceparent = coalesce(excluded.traceparent, task.traceparent)""";

    private final UnitOfWork unitOfWork;
    private final Runnable wakeRunner;

    Tasks(UnitOfWork unitOfWork, TaskRunner runner) {
        this.unitOfWork = unitOfWork;
        this.wakeRunner = runner::wake;
    }

    /** Asks for one task; see {@link #request(List)}. */
    public Uni<Void> request(TaskRequest request) {
        return request(List.of(request));
    }

    /**
     * Asks for tasks, in one statement. A subject that has an open task of the kind keeps it: it takes on the new
     * urgency and is due no later than asked now, however often it failed before. One that is being worked on will be
     * looked at once more. No two of the requests are for the same kind and subject.
     */
    public Uni<Void> request(List<TaskRequest> requests) {
        if (requests.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        unitOfWork.afterCommit(wakeRunner);
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(REQUEST)
                        .setParameter(1, column(requests, request -> Ids.next()))
                        .setParameter(2, column(requests, TaskRequest::kind))
                        .setParameter(3, column(requests, TaskRequest::tenantId))
                        .setParameter(4, column(requests, TaskRequest::subjectId))
                        .setParameter(5, column(requests, TaskRequest::correlationId))
                        .setParameter(6, column(requests, TaskRequest::urgency))
                        .setParameter(7, column(requests, TaskRequest::notBefore))
                        .setParameter(8, column(requests, TaskRequest::delay))
                        .setParameter(9, TraceContext.current())
                        .executeUpdate())
                .replaceWithVoid();
    }

    /** Drops a subject's open task of a kind, also while it runs: it will then commit nothing any more. */
    public Uni<Void> cancel(String kind, UUID subjectId) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery("DELETE FROM task WHERE kind = ?1 AND subject_id = ?2")
                        .setParameter(1, kind)
                        .setParameter(2, subjectId)
                        .executeUpdate())
                .replaceWithVoid();
    }

    private static String[] column(List<TaskRequest> requests, Function<TaskRequest, Object> value) {
        return requests.stream()
                .map(value)
                .map(one -> one == null ? null : one.toString())
                .toArray(String[]::new);
    }
}

package io.tenure.notification.notice;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.tenure.events.NotificationFact;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.task.Task;
import io.tenure.kit.task.TaskRequest;
import io.tenure.kit.task.Tasks;
import io.tenure.kit.task.Urgency;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;

/** All notices. Methods that change something take part in the caller's unit of work. */
@ApplicationScoped
public class Notices {

    /** The kind of the tasks that send notices; a task's subject is the notice. */
    public static final String DELIVERY = "notice-delivery";

    private final Tasks tasks;
    private final Outbox outbox;
    private final Clock clock;

    Notices(Tasks tasks, Outbox outbox, Clock clock) {
        this.tasks = tasks;
        this.outbox = outbox;
        this.clock = clock;
    }

    /** Keeps notices and schedules their delivery; one that is known already (kind, cause and sequence) stays as it is. */
    public Uni<Void> plan(List<Notice> planned) {
        return Multi.createFrom()
                .iterable(planned)
                .onItem()
                .transformToUniAndConcatenate(this::plan)
                .collect()
                .asList()
                .replaceWithVoid();
    }

    private Uni<Void> plan(Notice notice) {
        return Panache.getSession().flatMap(session -> session.createSelectionQuery(
                        "select count(*) from Notice where kind = :kind and causeId = :cause and sequence = :sequence",
                        Long.class)
                .setParameter("kind", notice.kind())
                .setParameter("cause", notice.causeId())
                .setParameter("sequence", notice.sequence())
                .getSingleResult()
                .flatMap(known -> known > 0
                        ? Uni.createFrom().voidItem()
                        : session.persist(notice).chain(() -> tasks.request(delivery(notice)))));
    }

    /** Only the instants of warnings come from outside; what is due at once must not wait for this replica's clock. */
    private static TaskRequest delivery(Notice notice) {
        TaskRequest atOnce =
                TaskRequest.now(DELIVERY, notice.tenantId(), notice.id(), notice.terminationId(), Urgency.NORMAL);
        return notice.kind() == NoticeKind.RETENTION_WARNING ? atOnce.notBefore(notice.dueAt()) : atOnce;
    }

    /** Cancels what is pending about a credential. */
    public Uni<Void> withdrawCredential(UUID credentialId) {
        return withdraw("kind = :kind and causeId = :cause", NoticeKind.CREDENTIAL_READY, credentialId);
    }

    /** Cancels what is pending about a termination that was called back; a certificate cannot be called back. */
    public Uni<Void> withdrawTermination(UUID terminationId) {
        return withdraw("kind <> :kind and terminationId = :cause", NoticeKind.DELETION_CERTIFICATE, terminationId);
    }

    private Uni<Void> withdraw(String which, NoticeKind kind, UUID cause) {
        // The task stays: a delivery that is under way must be able to record what it did; a later one finds out.
        return Panache.getSession()
                .flatMap(session -> session.createSelectionQuery("from Notice where " + which, Notice.class)
                        .setParameter("kind", kind)
                        .setParameter("cause", cause)
                        .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                        .getResultList())
                .invoke(found -> found.stream().filter(Notice::isPending).forEach(Notice::cancel))
                .replaceWithVoid();
    }

    /** The notice of a task, locked until the commit. */
    public Uni<Notice> of(Task task) {
        return Panache.getSession()
                .flatMap(session -> session.find(Notice.class, task.subjectId(), LockModeType.PESSIMISTIC_WRITE))
                .onItem()
                .ifNull()
                .failWith(() -> new IllegalStateException("A task points at a notice that does not exist"));
    }

    /** Records that the receiving server took a notice's message. */
    public Uni<Void> delivered(Task task, String messageId) {
        return of(task).flatMap(
                        notice -> record(notice, notice.delivered(messageId, task.attempts(), clock.instant())));
    }

    /** Records that an attempt failed, unless the notice was cancelled meanwhile. */
    public Uni<Void> failed(Task task, String reason, Instant nextRetryAt) {
        return of(task).flatMap(notice -> notice.isPending()
                ? record(notice, notice.attemptFailed(reason, task.attempts(), nextRetryAt))
                : Uni.createFrom().voidItem());
    }

    /** Cancels a notice that need not be sent any more, if nobody did. */
    public Uni<Void> drop(Task task) {
        return of(task).invoke(notice -> {
                    if (notice.isPending()) {
                        notice.cancel();
                    }
                })
                .replaceWithVoid();
    }

    /**
     * Reads a page in ascending order of age.
     *
     * @param tenantId only this tenant's, or null
     * @param terminationId only this termination's, or null
     * @param after the last id of the page before
     * @return up to {@code limit + 1} notices
     */
    public Uni<List<Notice>> page(UUID tenantId, UUID terminationId, UUID after, int limit) {
        String query = "from Notice where id > :after"
                + (tenantId == null ? "" : " and tenantId = :tenant")
                + (terminationId == null ? "" : " and terminationId = :termination")
                + " order by id";
        return Panache.withSession(() -> Panache.getSession().flatMap(session -> {
            Mutiny.SelectionQuery<Notice> selection = session.createSelectionQuery(query, Notice.class)
                    .setParameter("after", after)
                    .setMaxResults(limit + 1);
            if (tenantId != null) {
                selection.setParameter("tenant", tenantId);
            }
            if (terminationId != null) {
                selection.setParameter("termination", terminationId);
            }
            return selection.getResultList();
        }));
    }

    private Uni<Void> record(Notice notice, NotificationFact fact) {
        return outbox.append(notice.tenantId(), "/v1/notices/" + notice.id(), notice.terminationId(), fact)
                .replaceWithVoid();
    }
}

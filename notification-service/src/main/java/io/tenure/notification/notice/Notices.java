package io.tenure.notification.notice;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.tenure.events.NotificationFact;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.task.Task;
import io.tenure.kit.task.Tasks;
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
    public static final String DELIVERY = "DELIVER_NOTICE";

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
                        : session.persist(notice)
                                .chain(() -> tasks.schedule(
                                        DELIVERY,
                                        notice.tenantId(),
                                        notice.id(),
                                        notice.terminationId(),
                                        notice.dueAt()))));
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

    /** Reads a notice in a session of its own. */
    public Uni<Notice> find(UUID id) {
        return Panache.withSession(() -> Panache.getSession()
                .flatMap(session -> session.find(Notice.class, id))
                .onItem()
                .ifNull()
                .failWith(Notices::missing));
    }

    /** Records that the receiving server took a notice's message, and ends its task. */
    public Uni<Void> delivered(Task task, String messageId) {
        return locked(task.subjectId())
                .flatMap(notice -> record(notice, notice.delivered(messageId, task.attempts(), clock.instant())))
                .chain(() -> tasks.complete(task));
    }

    /** Records that an attempt failed, unless the notice was cancelled meanwhile. */
    public Uni<Void> failed(Task task, String reason, Instant nextRetryAt) {
        return locked(task.subjectId())
                .flatMap(notice -> notice.isPending()
                        ? record(notice, notice.attemptFailed(reason, task.attempts(), nextRetryAt))
                        : Uni.createFrom().voidItem());
    }

    /** Ends the task of a notice that need not be sent, and cancels the notice if nobody did. */
    public Uni<Void> drop(Task task) {
        return locked(task.subjectId())
                .invoke(notice -> {
                    if (notice.isPending()) {
                        notice.cancel();
                    }
                })
                .chain(() -> tasks.complete(task));
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

    private static Uni<Notice> locked(UUID id) {
        return Panache.getSession()
                .flatMap(session -> session.find(Notice.class, id, LockModeType.PESSIMISTIC_WRITE))
                .onItem()
                .ifNull()
                .failWith(Notices::missing);
    }

    private static IllegalStateException missing() {
        return new IllegalStateException("A task points at a notice that does not exist");
    }

    private Uni<Void> record(Notice notice, NotificationFact fact) {
        return outbox.append(notice.tenantId(), "/v1/notices/" + notice.id(), notice.terminationId(), fact)
                .replaceWithVoid();
    }
}

package io.tenure.notification.notice;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.tenure.events.CredentialFact.CredentialIssued;
import io.tenure.events.LifecycleFact.DeletionCertificateIssued;
import io.tenure.events.LifecycleFact.RetentionRescheduled;
import io.tenure.events.LifecycleFact.RetentionStarted;
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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;

/** All notices. Methods that change something take part in the caller's unit of work. */
@ApplicationScoped
public class Notices {

    /** The kind of the tasks that send notices; a task's subject is the notice. */
    public static final String DELIVERY = "notice-delivery";

    /**
     * The kind of the tasks that prove a notice delivered when its bounce window is over; a task's subject is the
     * notice.
     */
    public static final String PROOF = "notice-proof";

    /** A notice waits for an earlier one only if that is retried within this time. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private static final Duration SHORTEST_WAIT = Duration.ofMillis(250);

    private final Tasks tasks;
    private final Outbox outbox;
    private final NoticePolicy policy;
    private final Schedules schedules;
    private final Clock clock;

    Notices(Tasks tasks, Outbox outbox, NoticePolicy policy, Schedules schedules, Clock clock) {
        this.tasks = tasks;
        this.outbox = outbox;
        this.policy = policy;
        this.schedules = schedules;
        this.clock = clock;
    }

    /** A credential waits for its owner, who gets a link to it. */
    public Uni<Void> issued(UUID tenantId, CredentialIssued fact) {
        return plan(List.of(Notice.credentialReady(tenantId, fact, clock.instant())));
    }

    /** A retention has begun: its end is told, and warned of. */
    public Uni<Void> retained(UUID tenantId, RetentionStarted fact) {
        return schedule(RetentionNotices.of(tenantId, fact, clock.instant()));
    }

    /** It ends at another time. */
    public Uni<Void> rescheduled(UUID tenantId, RetentionRescheduled fact) {
        return schedule(RetentionNotices.of(tenantId, fact, clock.instant()));
    }

    /** The certificate of a deletion is there. */
    public Uni<Void> certified(UUID tenantId, DeletionCertificateIssued fact) {
        return plan(List.of(Notice.deletionCertificate(tenantId, fact, clock.instant())));
    }

    /**
     * Stores notices and schedules their delivery; one that is already known (same kind, cause, schedule and sequence)
     * does not change.
     */
    Uni<Void> plan(List<Notice> planned) {
        return Multi.createFrom()
                .iterable(planned)
                .onItem()
                .transformToUniAndConcatenate(this::plan)
                .collect()
                .asList()
                .replaceWithVoid();
    }

    /**
     * Replaces the planned notices of a retention by those of a new version of its schedule. Sent notices do not
     * change. A version that is not newer than the known one, or that arrives after the cancellation, changes nothing.
     */
    private Uni<Void> schedule(RetentionNotices planned) {
        return schedules
                .advance(planned.terminationId(), planned.version())
                .flatMap(isNew -> isNew
                        ? withdrawRetention(planned.terminationId()).chain(() -> plan(planned.notices()))
                        : Uni.createFrom().voidItem());
    }

    private Uni<Void> plan(Notice notice) {
        return Panache.getSession().flatMap(session -> session.createSelectionQuery(
                        "select count(*) from Notice where kind = :kind and causeId = :cause and schedule = :schedule"
                                + " and sequence = :sequence",
                        Long.class)
                .setParameter("kind", notice.kind())
                .setParameter("cause", notice.causeId())
                .setParameter("schedule", notice.schedule())
                .setParameter("sequence", notice.sequence())
                .getSingleResult()
                .flatMap(known -> known > 0
                        ? Uni.createFrom().voidItem()
                        : session.persist(notice).chain(() -> tasks.request(delivery(notice)))));
    }

    /** Only warnings have a due time of their own; the rest is due as soon as it is stored. */
    private static TaskRequest delivery(Notice notice) {
        TaskRequest atOnce = task(DELIVERY, notice);
        return notice.kind() == NoticeKind.RETENTION_WARNING ? atOnce.notBefore(notice.dueAt()) : atOnce;
    }

    private static TaskRequest task(String kind, Notice notice) {
        return TaskRequest.now(kind, notice.tenantId(), notice.id(), notice.terminationId(), Urgency.NORMAL);
    }

    /** Withdraws the notices of a credential. */
    public Uni<Void> withdrawCredential(UUID credentialId) {
        return withdraw("kind = :kind and causeId = :cause", NoticeKind.CREDENTIAL_READY, credentialId);
    }

    /** Withdraws the retention notices of a cancelled termination; a certificate is never withdrawn. */
    public Uni<Void> withdrawTermination(UUID terminationId) {
        return schedules.close(terminationId).chain(() -> withdrawRetention(terminationId));
    }

    private Uni<Void> withdrawRetention(UUID terminationId) {
        return withdraw("kind <> :kind and terminationId = :cause", NoticeKind.DELETION_CERTIFICATE, terminationId);
    }

    private Uni<Void> withdraw(String which, NoticeKind kind, UUID cause) {
        // The task stays: a delivery under way must be able to store its result, and a later one sees the withdrawal.
        return Panache.getSession()
                .flatMap(session -> session.createSelectionQuery("from Notice where " + which, Notice.class)
                        .setParameter("kind", kind)
                        .setParameter("cause", cause)
                        .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                        .getResultList())
                .invoke(found -> found.forEach(Notice::withdraw))
                .replaceWithVoid();
    }

    /** The notice of a task, locked until the commit. */
    private static Uni<Notice> of(Task task) {
        return of(task.subjectId());
    }

    private static Uni<Notice> of(UUID id) {
        return Panache.getSession()
                .flatMap(session -> session.find(Notice.class, id, LockModeType.PESSIMISTIC_WRITE))
                .onItem()
                .ifNull()
                .failWith(() -> new IllegalStateException("There is no notice " + id));
    }

    /**
     * Decides whether the notice of a task may be sent now. Notices of one retention are sent in order, even if all are
     * overdue; one that waits long for its next attempt does not hold up the others.
     */
    public Uni<Turn> begin(Task task) {
        return of(task).flatMap(notice -> {
            if (!notice.isPending()) {
                return Uni.createFrom().item(new Turn.Never());
            }
            Instant now = clock.instant();
            return ahead(notice, now).map(ahead -> {
                if (ahead != null) {
                    return new Turn.After(pause(ahead, now));
                }
                notice.attempt();
                return new Turn.Now(notice);
            });
        });
    }

    private static Uni<Notice> ahead(Notice notice, Instant now) {
        if (notice.kind() != NoticeKind.RETENTION_WARNING) {
            return Uni.createFrom().nullItem();
        }
        return Panache.getSession().flatMap(session -> session.createSelectionQuery(
                        "from Notice where causeId = :cause and schedule = :schedule"
                                + " and (kind <> :kind or sequence < :sequence)"
                                + " and (state = :scheduled and dueAt <= :now or state = :retrying and nextRetryAt <= :soon)"
                                + " order by sequence",
                        Notice.class)
                .setParameter("cause", notice.causeId())
                .setParameter("schedule", notice.schedule())
                .setParameter("kind", NoticeKind.RETENTION_WARNING)
                .setParameter("sequence", notice.sequence())
                .setParameter("scheduled", Notice.State.SCHEDULED)
                .setParameter("now", now)
                .setParameter("retrying", Notice.State.RETRYING)
                .setParameter("soon", now.plus(LONGEST_WAIT))
                .setMaxResults(1)
                .getSingleResultOrNull());
    }

    private static Duration pause(Notice ahead, Instant now) {
        Duration pause = ahead.nextRetryAt() == null ? Duration.ZERO : Duration.between(now, ahead.nextRetryAt());
        return pause.compareTo(SHORTEST_WAIT) > 0 ? pause : SHORTEST_WAIT;
    }

    /**
     * Records that the mail server accepted a notice's message, and starts the bounce window.
     *
     * @param round the number of the notice's bounces when the message was sent
     * @return false if that message has already bounced, so that nothing is recorded
     */
    public Uni<Boolean> accepted(Task task, int round, String messageId) {
        return of(task).flatMap(notice -> notice.bounces() != round
                ? Uni.createFrom().item(false)
                : record(notice, notice.accepted(messageId, clock.instant(), policy.bounceWindow()))
                        .chain(() -> tasks.request(task(PROOF, notice).after(policy.bounceWindow())))
                        .replaceWith(true));
    }

    /**
     * Marks a notice as delivered if the absence of a bounce proves it by now.
     *
     * @param readAt until when the bounce mailbox was read completely; null without a mailbox
     */
    public Uni<Proof> prove(Task task, Instant readAt) {
        return of(task).flatMap(notice -> {
            Proof proof = notice.prove(clock.instant(), readAt);
            return (proof instanceof Proof.Delivered delivered
                            ? record(notice, delivered.fact())
                            : Uni.createFrom().voidItem())
                    .replaceWith(proof);
        });
    }

    /** Records that it is unknown whether a notice was delivered. */
    public Uni<Void> unproven(Task task, String reason) {
        return of(task).flatMap(notice -> told(notice, notice.unproven(reason)));
    }

    /**
     * Records that a message bounced, and schedules another attempt if that makes sense.
     *
     * @param round the number of the notice's bounces when the message was sent
     * @return false if that is already known, or concerns an earlier message than the last
     */
    public Uni<Boolean> bounced(UUID noticeId, int round, Bounce bounce) {
        Duration delay = policy.bounceRetry().after(bounce, round + 1);
        return of(noticeId)
                .flatMap(notice -> notice.bounces() != round
                        ? Uni.createFrom().item(false)
                        : told(notice, notice.bounced(bounce, clock.instant().plus(delay)))
                                .chain(() -> notice.isPending()
                                        ? tasks.request(task(DELIVERY, notice).after(delay))
                                        : Uni.createFrom().voidItem())
                                .replaceWith(true));
    }

    /**
     * Records that a message is still on its way.
     *
     * @param round the number of the notice's bounces when the message was sent
     * @param lastTry until when the server retries; null if that is not known
     */
    public Uni<Void> delayed(UUID noticeId, int round, Instant lastTry) {
        return of(noticeId)
                .invoke(notice -> {
                    if (notice.bounces() == round) {
                        notice.delayed(policy.waitsUntil(clock.instant(), lastTry));
                    }
                })
                .replaceWithVoid();
    }

    /** Records that an attempt failed, unless the notice was cancelled meanwhile. */
    public Uni<Void> failed(Task task, String reason, Instant nextRetryAt) {
        return of(task).flatMap(notice -> notice.isPending()
                ? record(notice, notice.attemptFailed(reason, nextRetryAt))
                : Uni.createFrom().voidItem());
    }

    /** A notice does not need to be sent any more. */
    public Uni<Void> drop(Task task) {
        return of(task).invoke(Notice::withdraw).replaceWithVoid();
    }

    /**
     * A page of notices, oldest first.
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

    private Uni<Void> told(Notice notice, Optional<? extends NotificationFact> fact) {
        return fact.isEmpty() ? Uni.createFrom().voidItem() : record(notice, fact.get());
    }

    private Uni<Void> record(Notice notice, NotificationFact fact) {
        return outbox.append(notice.tenantId(), "/v1/notices/" + notice.id(), notice.terminationId(), fact)
                .replaceWithVoid();
    }
}

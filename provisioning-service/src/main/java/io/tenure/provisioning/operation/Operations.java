package io.tenure.provisioning.operation;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.Ids;
import io.tenure.kit.task.StalledException;
import io.tenure.kit.task.Task;
import io.tenure.kit.task.Work;
import io.tenure.platform.Answer;
import io.tenure.platform.Command;
import io.tenure.platform.DriverException;
import io.tenure.platform.DriverException.Kind.Throttled;
import io.tenure.platform.Intent;
import io.tenure.platform.Operation;
import io.tenure.platform.Platform;
import io.tenure.provisioning.platform.Platforms;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Drives platforms: stores an operation, starts it, stores its handle, and polls until it has ended. No thread waits
 * for it; after a crash, or on another replica, the handle is enough to go on. All times are the database's.
 */
@ApplicationScoped
public class Operations {

    private static final Logger LOG = Logger.getLogger(Operations.class);

    private static final String SELECT =
            "SELECT id, subject_id, platform, intent, epoch, handle, progress_done, progress_total, begun_at,"
                    + " deadline_at < now() AS stalled FROM operation";
    private static final String BEGIN = """
            INSERT INTO operation (id, subject_id, tenant_id, platform, intent, epoch, deadline, deadline_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, make_interval(secs => ?7), now() + make_interval(secs => ?7))
            ON CONFLICT (subject_id) DO UPDATE SET id = excluded.id, platform = excluded.platform, intent = excluded.intent,
                epoch = excluded.epoch, handle = NULL, progress_done = NULL, progress_total = NULL, begun_at = now(),
                deadline = excluded.deadline, deadline_at = excluded.deadline_at""";
    private static final String PROGRESS = """
            UPDATE operation SET progress_done = ?2, progress_total = ?3, deadline_at = now() + deadline
            WHERE id = ?1 AND (progress_done, progress_total) IS DISTINCT FROM (?2, ?3)""";

    private final Platforms platforms;
    private final OperationConfig config;

    Operations(Platforms platforms, OperationConfig config) {
        this.platforms = platforms;
        this.config = config;
        for (Intent intent : Intent.values()) {
            if (!config.deadline().containsKey(intent)) {
                throw new IllegalStateException("tenure.operations.deadline is not set for " + intent);
            }
        }
    }

    /** How long a platform may take to answer a {@link Move}. */
    public Duration deadline() {
        return config.answerWithin();
    }

    /** Why a move failed, in a text that may leave the service. */
    public static String reasonOf(Throwable failure) {
        return failure instanceof StalledException
                ? "the platform does not answer: " + failure.getMessage()
                : DriverException.reasonOf(failure);
    }

    /** The published reason when retrying cannot help. */
    public static String reasonForGood(DriverException error) {
        return error.getMessage() + ": no attempt will work until somebody fixes that; then have the command repeated";
    }

    /** The open operation of a subject; empty if there is none. In the caller's transaction. */
    public Uni<Optional<OpenOperation>> of(UUID subjectId) {
        return of(List.of(subjectId)).map(open -> Optional.ofNullable(open.get(subjectId)));
    }

    /** The open operations of several subjects, by subject id. In the caller's session. */
    public Uni<Map<UUID, OpenOperation>> of(Collection<UUID> subjectIds) {
        return Panache.getSession().flatMap(session -> session.createNativeQuery(
                        SELECT + " WHERE subject_id = ANY(CAST(CAST(?1 AS text[]) AS uuid[]))", Tuple.class)
                .setParameter(1, subjectIds.stream().map(UUID::toString).toArray(String[]::new))
                .getResultList()
                .map(rows -> rows.stream()
                        .map(Operations::operation)
                        .collect(Collectors.toMap(OpenOperation::subjectId, Function.identity()))));
    }

    /**
     * Stores an operation, replacing an abandoned one of the same subject. In the caller's transaction, which holds the
     * tenant's lock.
     *
     * @return the call to make after the commit
     */
    public Uni<Move> begin(Task task, UUID subjectId, String platform, Command command) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(BEGIN)
                        .setParameter(1, Ids.next())
                        .setParameter(2, subjectId)
                        .setParameter(3, command.tenantId())
                        .setParameter(4, platform)
                        .setParameter(5, command.intent().name())
                        .setParameter(6, task.epoch())
                        .setParameter(7, config.deadline().get(command.intent()).toMillis() / 1e3)
                        .executeUpdate())
                .chain(() -> of(subjectId))
                .map(open -> new Move.Start(open.orElseThrow(), command, false));
    }

    /** Polls an operation that was started, or cancels it if it has stalled. */
    public Move ask(OpenOperation open) {
        return open.stalled() ? new Move.Cancel(open, true) : new Move.Poll(open, config.patience());
    }

    /** Calls the platform. Outside of any transaction. */
    public Uni<News> act(Work work, Move move) {
        return Uni.createFrom().deferred(() -> {
            work.mustHold();
            Platform platform = platforms.named(move.operation().platform());
            return switch (move) {
                case Move.Start start ->
                    platforms
                            .identity(platform)
                            .flatMap(identity -> {
                                work.mustHold();
                                return platform.start(new Operation(
                                        start.operation().id(),
                                        start.command(),
                                        start.operation().epoch(),
                                        identity));
                            })
                            .<News>map(News.Started::new)
                            .onFailure(DriverException.class)
                            .recoverWithItem(error -> new News.Stands(new Answer.Failed((DriverException) error)));
                case Move.Poll poll ->
                    platform.poll(poll.operation().handle(), poll.patience()).map(News.Stands::new);
                case Move.Cancel cancel ->
                    platform.cancel(cancel.operation().handle())
                            // Best effort: if it goes on regardless, its epoch keeps it from changing anything.
                            .onFailure(DriverException.class)
                            .recoverWithNull()
                            .replaceWith(new News.CancelAsked());
            };
        });
    }

    /** Stores the platform's answer. In the caller's transaction. */
    public Uni<Verdict> settle(Move move, News news) {
        OpenOperation open = move.operation();
        return switch (news) {
            case News.Started started -> started(move, started.handle());
            case News.Stands(Answer.Running running) ->
                progressed(open, running).replaceWith(new Verdict.Wait(config.pollEvery()));
            case News.Stands(Answer.Done done) -> end(open).replaceWith(new Verdict.Done(done.outcome()));
            case News.Stands(Answer.Failed(DriverException error)) ->
                error.kind() instanceof Throttled throttled && !open.isStarted() && !open.stalled()
                        ? Uni.createFrom().item(new Verdict.Wait(throttled.retryAfter()))
                        : end(open).replaceWith(new Verdict.Failed(error));
            case News.Stands(Answer.Unknown unknown) -> Uni.createFrom().item(new Verdict.Lost(open));
            case News.CancelAsked asked ->
                move instanceof Move.Cancel(OpenOperation operation, boolean stalled) && stalled
                        ? end(open)
                                .replaceWith(new Verdict.Failed(
                                        DriverException.passing("the platform stands still: no progress for "
                                                + config.deadline()
                                                        .get(open.intent())
                                                        .toSeconds() + " s")))
                        : Uni.createFrom().item(new Verdict.GoOn(new Move.Poll(open, config.patience())));
        };
    }

    private Uni<Verdict> started(Move move, String handle) {
        OpenOperation open = move.operation();
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery("UPDATE operation SET handle = ?2 WHERE id = ?1")
                        .setParameter(1, open.id())
                        .setParameter(2, handle)
                        .executeUpdate())
                .map(written -> move instanceof Move.Start start && start.known()
                        // If a platform keeps forgetting it, do not restart it in a tight loop.
                        ? new Verdict.Wait(config.pollEvery())
                        : new Verdict.GoOn(new Move.Poll(open.startedAs(handle), config.patience())));
    }

    private Uni<Void> progressed(OpenOperation open, Answer.Running running) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(PROGRESS)
                        .setParameter(1, open.id())
                        .setParameter(2, running.done())
                        .setParameter(3, running.total())
                        .executeUpdate())
                .invoke(news -> {
                    if (news > 0 && running.total() > 0) {
                        LOG.infof(
                                "%s of %s: %d of %d", open.intent(), open.subjectId(), running.done(), running.total());
                    }
                })
                .replaceWithVoid();
    }

    /**
     * Abandons an operation, even if it is still running: once another one starts, its epoch keeps it from changing
     * anything.
     */
    public Uni<Void> end(OpenOperation open) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery("DELETE FROM operation WHERE id = ?1")
                        .setParameter(1, open.id())
                        .executeUpdate())
                .replaceWithVoid();
    }

    private static OpenOperation operation(Tuple row) {
        return new OpenOperation(
                row.get("id", UUID.class),
                row.get("subject_id", UUID.class),
                row.get("platform", String.class),
                Intent.valueOf(row.get("intent", String.class)),
                row.get("epoch", Long.class),
                row.get("handle", String.class),
                row.get("progress_done", Long.class),
                row.get("progress_total", Long.class),
                row.get("begun_at", OffsetDateTime.class).toInstant(),
                row.get("stalled", Boolean.class));
    }
}

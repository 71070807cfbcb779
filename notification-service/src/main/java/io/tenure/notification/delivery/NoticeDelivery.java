package io.tenure.notification.delivery;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.Failures;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.task.Task;
import io.tenure.kit.task.TaskHandler;
import io.tenure.notification.notice.Notice;
import io.tenure.notification.notice.Notices;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * Sends a notice when it is due. A message that the mail server took while this service died before it could note it is
 * sent again, with the same Message-ID.
 */
@ApplicationScoped
public class NoticeDelivery implements TaskHandler {

    private static final int COMMIT_RETRIES = 8;

    private final Notices notices;
    private final Letters letters;
    private final Mail mail;
    private final UnitOfWork unitOfWork;

    NoticeDelivery(Notices notices, Letters letters, Mail mail, UnitOfWork unitOfWork) {
        this.notices = notices;
        this.letters = letters;
        this.mail = mail;
        this.unitOfWork = unitOfWork;
    }

    @Override
    public String kind() {
        return Notices.DELIVERY;
    }

    @Override
    public Uni<Void> run(Task task) {
        Context own = Vertx.currentContext();
        return notices.find(task.subjectId())
                .flatMap(
                        notice -> notice.isPending() ? send(task, notice, own) : commit(own, () -> notices.drop(task)));
    }

    private Uni<Void> send(Task task, Notice notice, Context own) {
        return letters.write(notice)
                .flatMap(mail::send)
                .onFailure(failure -> !(failure instanceof OvertakenException))
                .transform(UndeliverableException::of)
                .flatMap(messageId -> commit(own, () -> notices.delivered(task, messageId)))
                .onFailure(OvertakenException.class)
                .recoverWithUni(() -> commit(own, () -> notices.drop(task)));
    }

    /** A message that left must not be sent again only because the database is away for a moment. */
    private Uni<Void> commit(Context own, Supplier<Uni<Void>> result) {
        return Uni.createFrom()
                .deferred(() -> unitOfWork.run(result))
                .runSubscriptionOn(work -> own.runOnContext(run -> work.run()))
                .onFailure(Failures::isOutage)
                .retry()
                .withBackOff(Duration.ofMillis(200), Duration.ofSeconds(10))
                .atMost(COMMIT_RETRIES);
    }

    @Override
    public Uni<Void> failed(Task task, Throwable failure, Instant nextRetryAt) {
        return notices.failed(
                task,
                failure instanceof UndeliverableException undeliverable ? undeliverable.getMessage() : "internal error",
                nextRetryAt);
    }
}

package io.tenure.notification.delivery;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.task.Reconciliation;
import io.tenure.kit.task.Step;
import io.tenure.kit.task.Task;
import io.tenure.kit.task.Work;
import io.tenure.notification.delivery.NoticeDelivery.Result;
import io.tenure.notification.notice.Notice;
import io.tenure.notification.notice.Notices;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;

/**
 * Sends a notice when it is due. A message that the mail server took while this service died before it could note it is
 * sent again, with the same Message-ID.
 */
@ApplicationScoped
public class NoticeDelivery implements Reconciliation<Notice, Result> {

    private final Notices notices;
    private final Letters letters;
    private final Mail mail;
    private final MailConfig config;

    NoticeDelivery(Notices notices, Letters letters, Mail mail, MailConfig config) {
        this.notices = notices;
        this.letters = letters;
        this.mail = mail;
        this.config = config;
    }

    /** What became of a notice's letter. */
    sealed interface Result {

        /** The mail server took it. */
        record Sent(String messageId) implements Result {}

        /** It need not be sent any more. */
        record Overtaken() implements Result {}
    }

    @Override
    public String kind() {
        return Notices.DELIVERY;
    }

    /** The letter is put together from other services, and then sent; both have time-outs of their own. */
    @Override
    public Duration deadline() {
        return config.timeout().plusMinutes(1);
    }

    @Override
    public Uni<Step<Notice>> plan(Task task) {
        return notices.of(task).map(notice -> notice.isPending() ? Step.act(notice) : Step.done());
    }

    @Override
    public Uni<Result> act(Work work, Notice notice) {
        return letters.write(notice)
                .flatMap(mail::send)
                .<Result>map(Result.Sent::new)
                .onFailure(OvertakenException.class)
                .recoverWithItem(overtaken -> new Result.Overtaken())
                .onFailure()
                .transform(UndeliverableException::of);
    }

    @Override
    public Uni<Step<Notice>> settle(Task task, Notice notice, Result result) {
        return switch (result) {
            case Result.Sent sent -> notices.delivered(task, sent.messageId()).replaceWith(Step.done());
            case Result.Overtaken overtaken -> notices.drop(task).replaceWith(Step.done());
        };
    }

    @Override
    public Uni<Void> failed(Task task, Throwable failure, Instant nextRetryAt) {
        return notices.failed(
                task,
                failure instanceof UndeliverableException undeliverable ? undeliverable.getMessage() : "internal error",
                nextRetryAt);
    }
}

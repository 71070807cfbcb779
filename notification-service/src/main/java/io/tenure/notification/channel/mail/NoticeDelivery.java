package io.tenure.notification.channel.mail;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.task.Reconciliation;
import io.tenure.kit.task.Step;
import io.tenure.kit.task.Task;
import io.tenure.kit.task.Work;
import io.tenure.notification.channel.mail.NoticeDelivery.Attempt;
import io.tenure.notification.channel.mail.NoticeDelivery.Result;
import io.tenure.notification.letter.Letters;
import io.tenure.notification.letter.OvertakenException;
import io.tenure.notification.letter.UndeliverableException;
import io.tenure.notification.notice.Notice;
import io.tenure.notification.notice.Notices;
import io.tenure.notification.notice.Turn;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Sends a notice when it is due. If the service dies after the mail server accepted a message and before that is
 * stored, the message is sent again with the same Message-ID.
 */
@ApplicationScoped
public class NoticeDelivery implements Reconciliation<Attempt, Result> {

    private final Notices notices;
    private final ReturnPaths returnPaths;
    private final Letters letters;
    private final Mail mail;
    private final MailConfig config;
    private final Clock clock;

    NoticeDelivery(
            Notices notices, ReturnPaths returnPaths, Letters letters, Mail mail, MailConfig config, Clock clock) {
        this.notices = notices;
        this.returnPaths = returnPaths;
        this.letters = letters;
        this.mail = mail;
        this.config = config;
        this.clock = clock;
    }

    /**
     * An attempt to send a notice now.
     *
     * @param round the number of its bounces so far
     * @param token the token of its return path; null without a bounce mailbox
     */
    record Attempt(Notice notice, int round, String token, Instant now) {}

    /** The result of an attempt. */
    sealed interface Result {

        /** The mail server accepted it. */
        record Sent(String messageId) implements Result {}

        /** It does not need to be sent any more. */
        record Overtaken() implements Result {}
    }

    @Override
    public String kind() {
        return Notices.DELIVERY;
    }

    /** The letter is composed from other services' data and then sent; both have their own time-outs. */
    @Override
    public Duration deadline() {
        return config.timeout().plusMinutes(1);
    }

    @Override
    public Uni<Step<Attempt>> plan(Task task) {
        return notices.begin(task).flatMap(turn -> switch (turn) {
            case Turn.Now now -> attempt(now.notice()).map(Step::act);
            case Turn.After after -> Uni.createFrom().item(Step.later(after.pause()));
            case Turn.Never never -> Uni.createFrom().item(Step.done());
        });
    }

    private Uni<Attempt> attempt(Notice notice) {
        Uni<String> token = config.bounces().isPresent()
                ? returnPaths.tokenOf(notice)
                : Uni.createFrom().nullItem();
        return token.map(own -> new Attempt(notice, notice.bounces(), own, clock.instant()));
    }

    @Override
    public Uni<Result> act(Work work, Attempt attempt) {
        return letters.write(attempt.notice(), attempt.now())
                .flatMap(letter -> mail.send(letter, attempt.token()))
                .<Result>map(Result.Sent::new)
                .onFailure(OvertakenException.class)
                .recoverWithItem(overtaken -> new Result.Overtaken())
                .onFailure()
                .transform(UndeliverableException::of);
    }

    @Override
    public Uni<Step<Attempt>> settle(Task task, Attempt attempt, Result result) {
        return switch (result) {
            case Result.Sent sent ->
                notices.accepted(task, attempt.round(), sent.messageId())
                        .map(accepted -> accepted
                                ? Step.done()
                                : Step.obstructed(new UndeliverableException("bounced at once")));
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

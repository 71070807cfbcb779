package io.tenure.notification.channel.mail;

import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.task.Reconciliation;
import io.tenure.kit.task.Step;
import io.tenure.kit.task.Task;
import io.tenure.kit.task.Work;
import io.tenure.notification.letter.UndeliverableException;
import io.tenure.notification.notice.NoticePolicy;
import io.tenure.notification.notice.Notices;
import io.tenure.notification.notice.Proof;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;

/**
 * Marks a notice as delivered when its bounce window is over without a bounce. The mailbox must have been read after
 * the window, because silence from an unread mailbox proves nothing.
 */
@ApplicationScoped
public class NoticeProof implements Reconciliation<Void, Void> {

    private static final Duration FIRST_LOOK = Duration.ofMillis(250);

    private final Notices notices;
    private final ReturnPaths returnPaths;
    private final BounceIntake bounces;
    private final NoticePolicy policy;

    NoticeProof(Notices notices, ReturnPaths returnPaths, BounceIntake bounces, NoticePolicy policy) {
        this.notices = notices;
        this.returnPaths = returnPaths;
        this.bounces = bounces;
        this.policy = policy;
    }

    /** Without a window, everything would count as delivered at once, so the service does not start. */
    void start(@Observes StartupEvent event) {
        if (!policy.bounceWindow().isPositive()) {
            throw new IllegalArgumentException("tenure.notice.bounce-window must be positive");
        }
    }

    @Override
    public String kind() {
        return Notices.PROOF;
    }

    @Override
    public Duration deadline() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Uni<Step<Void>> plan(Task task) {
        Uni<Instant> readAt =
                bounces.isConfigured() ? returnPaths.readAt() : Uni.createFrom().nullItem();
        return readAt.flatMap(read -> notices.prove(task, read)).flatMap(proof -> switch (proof) {
            case Proof.Pointless pointless -> Uni.createFrom().item(Step.done());
            case Proof.Delivered delivered -> Uni.createFrom().item(Step.done());
            case Proof.TooEarly early -> Uni.createFrom().item(Step.later(early.left()));
            case Proof.Unread unread -> ask().replaceWith(afterALook(unread));
        });
    }

    /** One reading of the mailbox serves all waiting notices; while it is unreachable, they ask only at intervals. */
    private Uni<Void> ask() {
        return returnPaths
                .mayAsk(FIRST_LOOK)
                .flatMap(ask -> ask ? bounces.request() : Uni.createFrom().voidItem());
    }

    /**
     * The longer the mailbox is unreachable, the longer the pause; after {@code tenure.notice.reading-patience} it
     * becomes a visible failure.
     */
    private Step<Void> afterALook(Proof.Unread unread) {
        Duration half = unread.since().dividedBy(2);
        return unread.since().compareTo(policy.readingPatience()) > 0
                ? Step.obstructed(new UndeliverableException("bounces cannot be read"))
                : Step.later(half.compareTo(FIRST_LOOK) > 0 ? half : FIRST_LOOK);
    }

    @Override
    public Uni<Void> act(Work work, Void plan) {
        throw new IllegalStateException("The proof of a notice has no work outside the database");
    }

    @Override
    public Uni<Step<Void>> settle(Task task, Void plan, Void result) {
        throw new IllegalStateException("The proof of a notice has no work outside the database");
    }

    @Override
    public Uni<Void> failed(Task task, Throwable failure, Instant nextRetryAt) {
        return failure instanceof UndeliverableException unread
                ? notices.unproven(task, unread.getMessage())
                : Uni.createFrom().voidItem();
    }
}

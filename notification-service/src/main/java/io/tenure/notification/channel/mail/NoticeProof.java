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
 * Finds a notice delivered when its bounce window is over, and nothing came back: after a look into the mailbox, because
 * silence from one that nobody reads proves nothing.
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

    /** A service that finds everything delivered at once does not start. */
    void start(@Observes StartupEvent event) {
        if (!policy.bounceWindow().isPositive()) {
            throw new IllegalArgumentException("tenure.notice.bounce-window must be longer than nothing");
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

    /** One look serves all notices that wait for one; while the mailbox is away, they do not ask without a pause. */
    private Uni<Void> ask() {
        return returnPaths
                .mayAsk(FIRST_LOOK)
                .flatMap(ask -> ask ? bounces.request() : Uni.createFrom().voidItem());
    }

    /** The longer the mailbox is away, the rarer it is asked for; in the end that is a failure, which people see. */
    private Step<Void> afterALook(Proof.Unread unread) {
        Duration half = unread.since().dividedBy(2);
        return unread.since().compareTo(policy.readingPatience()) > 0
                ? Step.obstructed(new UndeliverableException("bounces cannot be read"))
                : Step.later(half.compareTo(FIRST_LOOK) > 0 ? half : FIRST_LOOK);
    }

    @Override
    public Uni<Void> act(Work work, Void plan) {
        throw new IllegalStateException("Nothing is to be done outside");
    }

    @Override
    public Uni<Step<Void>> settle(Task task, Void plan, Void result) {
        throw new IllegalStateException("Nothing was done outside");
    }

    @Override
    public Uni<Void> failed(Task task, Throwable failure, Instant nextRetryAt) {
        return failure instanceof UndeliverableException unread
                ? notices.unproven(task, unread.getMessage())
                : Uni.createFrom().voidItem();
    }
}

package io.tenure.notification.channel.mail;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.tenure.kit.Failures;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.task.Reconciliation;
import io.tenure.kit.task.Step;
import io.tenure.kit.task.Task;
import io.tenure.kit.task.TaskRequest;
import io.tenure.kit.task.Tasks;
import io.tenure.kit.task.Urgency;
import io.tenure.kit.task.Work;
import io.tenure.notification.channel.mail.BounceIntake.Plan;
import io.tenure.notification.channel.mail.BounceMailbox.Batch;
import io.tenure.notification.channel.mail.BounceMailbox.Entry;
import io.tenure.notification.channel.mail.BounceMailbox.Taken;
import io.tenure.notification.channel.mail.ReturnPaths.ReturnPath;
import io.tenure.notification.notice.Notices;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Reads returned messages. One replica at a time reads the mailbox, and a message is deleted only after its effect is
 * committed. Reading it again changes nothing, because its notice is in a later round by then.
 */
@ApplicationScoped
public class BounceIntake implements Reconciliation<Plan, Batch> {

    static final String KIND = "bounce-intake";

    private static final Logger LOG = Logger.getLogger(BounceIntake.class);

    /** There is one mailbox, which belongs to no tenant. */
    private static final UUID MAILBOX = new UUID(0, 0);

    private final Optional<BounceMailbox> mailbox;
    private final ReturnPaths returnPaths;
    private final Notices notices;
    private final Tasks tasks;
    private final UnitOfWork unitOfWork;
    private final MeterRegistry metrics;
    private final MailConfig config;
    private final Clock clock;

    BounceIntake(
            ReturnPaths returnPaths,
            Notices notices,
            Tasks tasks,
            UnitOfWork unitOfWork,
            MeterRegistry metrics,
            MailConfig config,
            Clock clock) {
        this.returnPaths = returnPaths;
        this.notices = notices;
        this.tasks = tasks;
        this.unitOfWork = unitOfWork;
        this.metrics = metrics;
        this.config = config;
        this.clock = clock;
        this.mailbox = config.bounces()
                .map(bounces -> new BounceMailbox(
                        bounces, config.timeout(), new BounceReader(new ReturnAddress(bounces.address()))));
    }

    /** @param lookedAt a time before the mailbox is read */
    record Plan(Taken taken, Instant lookedAt) {}

    void start(@Observes StartupEvent event) {
        if (mailbox.isEmpty()) {
            LOG.warn("tenure.mail.bounces is not configured: bounces are not seen, and a notice counts as"
                    + " delivered when its bounce window is over");
        }
    }

    /** Looks for returned messages that no notice waits for, such as late bounces. */
    @Scheduled(every = "${tenure.mail.bounce-poll-interval}")
    Uni<Void> look() {
        return mailbox.isEmpty()
                ? Uni.createFrom().voidItem()
                : unitOfWork
                        .run(this::request)
                        // The task runner already logs that the database is down.
                        .onFailure(Failures::isOutage)
                        .recoverWithNull();
    }

    /** Requests that the mailbox is read now, in the caller's transaction. */
    Uni<Void> request() {
        return tasks.request(TaskRequest.now(KIND, MAILBOX, MAILBOX, null, Urgency.NORMAL));
    }

    /** Whether a mailbox is configured. */
    boolean isConfigured() {
        return mailbox.isPresent();
    }

    @Override
    public String kind() {
        return KIND;
    }

    /** Each message that is read counts as progress. */
    @Override
    public Duration deadline() {
        return config.timeout().plusMinutes(1);
    }

    @Override
    public Uni<Step<Plan>> plan(Task task) {
        return Uni.createFrom().item(mailbox.isEmpty() ? Step.done() : next(Taken.NOTHING));
    }

    private Step<Plan> next(Taken taken) {
        return Step.act(new Plan(taken, clock.instant()));
    }

    @Override
    public Uni<Batch> act(Work work, Plan plan) {
        return Uni.createFrom()
                .item(() -> mailbox.orElseThrow().exchange(plan.taken(), work))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    @Override
    public Uni<Step<Plan>> settle(Task task, Plan plan, Batch batch) {
        if (batch.isLast()) {
            return returnPaths.read(plan.lookedAt()).replaceWith(Step.done());
        }
        return Multi.createFrom()
                .iterable(batch.entries())
                .onItem()
                .transformToUniAndConcatenate(entry -> take(entry).map(outcome -> new Outcome(entry.uid(), outcome)))
                .collect()
                .asList()
                .invoke(outcomes -> unitOfWork.afterCommit(
                        () -> outcomes.forEach(outcome -> metrics.counter("tenure.bounces", "outcome", outcome.name())
                                .increment())))
                .map(outcomes -> next(new Taken(
                        batch.validity(),
                        uids(outcomes.stream().filter(outcome -> !outcome.isForeign())),
                        uids(outcomes.stream().filter(Outcome::isForeign)))));
    }

    private static List<Long> uids(Stream<Outcome> outcomes) {
        return outcomes.map(Outcome::uid).toList();
    }

    private record Outcome(long uid, String name) {

        private static final String FOREIGN = "foreign";

        boolean isForeign() {
            return name.equals(FOREIGN);
        }
    }

    /** @return the outcome, for the metric */
    private Uni<String> take(Entry entry) {
        return switch (entry.says()) {
            case Returned.Failed failed ->
                concerning(failed.token(), path -> notices.bounced(path.noticeId(), path.round(), failed.bounce())
                        .map(isNew -> isNew ? "failed" : "known"));
            case Returned.Delayed delayed ->
                concerning(delayed.token(), path -> notices.delayed(path.noticeId(), path.round(), delayed.lastTry())
                        .replaceWith("delayed"));
            case Returned.Passed passed ->
                concerning(passed.token(), path -> Uni.createFrom().item("passed"));
            case Returned.AutoReply reply ->
                concerning(reply.token(), path -> Uni.createFrom().item("auto-reply"));
            case Returned.Foreign foreign -> Uni.createFrom().item(Outcome.FOREIGN);
        };
    }

    private Uni<String> concerning(String token, Function<ReturnPath, Uni<String>> effect) {
        return returnPaths
                .find(token)
                .flatMap(path -> path.isEmpty() ? Uni.createFrom().item(Outcome.FOREIGN) : effect.apply(path.get()));
    }
}

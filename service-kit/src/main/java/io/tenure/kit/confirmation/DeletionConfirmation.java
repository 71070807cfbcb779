package io.tenure.kit.confirmation;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.LifecycleFact.Command;
import io.tenure.events.LifecycleFact.CommandRepeated;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.kit.confirmation.DeletionConfirmation.Plan;
import io.tenure.kit.confirmation.DeletionConfirmation.Result;
import io.tenure.kit.confirmation.DeletionOrders.Answer;
import io.tenure.kit.confirmation.DeletionOrders.DeletionOrder;
import io.tenure.kit.inbox.DeadLetters;
import io.tenure.kit.inbox.EventRefusedException;
import io.tenure.kit.problem.Refusal;
import io.tenure.kit.task.Reconciliation;
import io.tenure.kit.task.Step;
import io.tenure.kit.task.Task;
import io.tenure.kit.task.TaskRequest;
import io.tenure.kit.task.Tasks;
import io.tenure.kit.task.Urgency;
import io.tenure.kit.task.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jboss.logging.Logger;

/**
 * Guards what cannot be undone against forged facts. A record that says that a deletion started is kept, and changes
 * nothing, until lifecycle has confirmed over REST that it ordered this deletion of this tenant. Without an answer
 * nothing is deleted and lifecycle is asked again; if it says no, the record becomes a dead letter and an alarm. While
 * a legal hold forbids the deletion, the record is dropped: lifecycle repeats the command when the hold is released.
 *
 * <p>Not a bean by itself: a service that deletes something produces one, with its own {@link DeletionOrders} and
 * {@link Irrevocable}.
 */
public class DeletionConfirmation implements Reconciliation<Plan, Result> {

    static final String KIND = "deletion-confirmation";

    private static final Logger LOG = Logger.getLogger(DeletionConfirmation.class);

    private final EventCodec codec = new EventCodec();
    private final DeletionOrders orders;
    private final Irrevocable effect;
    private final Tasks tasks;
    private final DeadLetters deadLetters;
    private final MeterRegistry metrics;

    public DeletionConfirmation(
            DeletionOrders orders, Irrevocable effect, Tasks tasks, DeadLetters deadLetters, MeterRegistry metrics) {
        this.orders = orders;
        this.effect = effect;
        this.tasks = tasks;
        this.deadLetters = deadLetters;
        this.metrics = metrics;
    }

    /** What is to be done about a record. */
    sealed interface Plan {

        Unconfirmed record();

        record Ask(Unconfirmed record) implements Plan {}

        record PutAside(Unconfirmed record, String reason) implements Plan {}
    }

    /** What came of it. */
    sealed interface Result {
        record Confirmed() implements Result {}

        record Denied(String reason) implements Result {}

        /** A legal hold forbids it for now. */
        record Held() implements Result {}

        record WasPutAside() implements Result {}
    }

    /** Keeps a record and asks about it; in the transaction that notes it as received. */
    public Uni<Void> demand(ConsumerRecord<String, byte[]> record, Event event, UUID terminationId) {
        return Panache.getSession()
                .flatMap(session -> session.persist(new Unconfirmed(record, event, terminationId))
                        .chain(session::flush))
                .chain(() -> tasks.request(
                        TaskRequest.now(KIND, event.tenantId(), event.id(), terminationId, Urgency.NORMAL)));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Duration deadline() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Uni<Step<Plan>> plan(Task task) {
        return record(task).map(found -> found == null ? Step.done() : Step.act(new Plan.Ask(found)));
    }

    private static Uni<Unconfirmed> record(Task task) {
        return Panache.getSession().flatMap(session -> session.find(Unconfirmed.class, task.subjectId()));
    }

    @Override
    public Uni<Result> act(Work work, Plan plan) {
        return switch (plan) {
            case Plan.Ask ask -> orders.ask(ask.record().terminationId).map(answer -> answer(ask.record(), answer));
            case Plan.PutAside aside ->
                deadLetters.send(aside.record().letter(), aside.reason()).replaceWith(new Result.WasPutAside());
        };
    }

    private Result answer(Unconfirmed record, Answer answer) {
        return switch (answer) {
            case Answer.NotOrdered none -> new Result.Denied("the lifecycle service ordered no such deletion");
            case Answer.Held held -> new Result.Held();
            case Answer.Ordered(DeletionOrder order) -> answer(record, order);
        };
    }

    private Result answer(Unconfirmed record, DeletionOrder order) {
        if (!order.tenantId().equals(record.tenantId)) {
            return new Result.Denied("the lifecycle service ordered the deletion of another tenant");
        }
        return order.manifestDigest().equals(manifest(codec.decode(record.value)))
                ? new Result.Confirmed()
                : new Result.Denied("the lifecycle service ordered the deletion of other disks");
    }

    /** What is to be deleted, as a fact says that orders a deletion; null if it says nothing. */
    private static String manifest(Event event) {
        return switch (event.fact()) {
            case DeletionStarted fact -> fact.manifestDigest();
            case CommandRepeated fact when fact.command() == Command.DELETE -> fact.manifestDigest();
            default -> null;
        };
    }

    @Override
    public Uni<Step<Plan>> settle(Task task, Plan plan, Result result) {
        return switch (result) {
            case Result.Confirmed confirmed ->
                effect.run(codec.decode(plan.record().value))
                        .chain(() -> forget(task))
                        // Refused before anything was changed, as every transition is.
                        .onFailure(DeletionConfirmation::isRefusal)
                        .recoverWithItem(refused -> Step.act(new Plan.PutAside(plan.record(), refused.getMessage())));
            case Result.Denied denied ->
                Uni.createFrom().item(Step.act(new Plan.PutAside(plan.record(), denied.reason())));
            case Result.Held held -> {
                // Nothing is kept to wait: after the release lifecycle repeats the command, and is asked again.
                LOG.infof("Deletion of tenant %s does not begin: a legal hold forbids it", plan.record().tenantId);
                yield forget(task);
            }
            case Result.WasPutAside aside -> {
                metrics.counter("tenure.deletions.denied").increment();
                LOG.errorf(
                        "Record %s-%d@%d orders a deletion that does not take place, and goes to the dead letter: %s",
                        plan.record().topic,
                        plan.record().part,
                        plan.record().position,
                        ((Plan.PutAside) plan).reason());
                yield forget(task);
            }
        };
    }

    private static boolean isRefusal(Throwable failure) {
        return failure instanceof EventRefusedException || failure instanceof Refusal;
    }

    private static Uni<Step<Plan>> forget(Task task) {
        return record(task)
                .flatMap(found -> found == null
                        ? Uni.createFrom().voidItem()
                        : Panache.getSession().flatMap(session -> session.remove(found)))
                .replaceWith(Step.done());
    }

    @Override
    public Uni<Void> failed(Task task, Throwable failure, Instant nextRetryAt) {
        metrics.counter("tenure.deletions.unanswered").increment();
        LOG.warnf(
                "Deletion of tenant %s waits, since lifecycle does not confirm it: attempt %d, %s",
                task.tenantId(), task.attempts(), failure.getClass().getSimpleName());
        return record(task)
                .flatMap(found -> found == null
                        ? Uni.createFrom().voidItem()
                        : effect.unanswered(codec.decode(found.value), task.attempts(), nextRetryAt));
    }
}

package io.tenure.kit.inbox;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.UnreadableEventException;
import io.tenure.kit.Failures;
import io.tenure.kit.UnitOfWork;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Receives records so that each event has its effect exactly once: the event's id and the effect are committed together,
 * and a second delivery finds the id.
 *
 * <p>While a server is out of reach the record waits in hand and its partition with it. Any other failure is tried five
 * times; then, as with an unreadable record or an {@link EventRefusedException} at once, the returned {@code Uni} fails
 * and the channel's dead-letter strategy takes the record, with a reason that quotes nothing of its content.
 */
@ApplicationScoped
public class Inbox {

    private static final Logger LOG = Logger.getLogger(Inbox.class);
    private static final int ATTEMPTS = 5;

    private final EventCodec codec = new EventCodec();
    private final UnitOfWork unitOfWork;
    private final Clock clock;
    private final Pool pool;
    private final MeterRegistry metrics;
    private final String consumer;
    private final Duration keep;

    Inbox(
            UnitOfWork unitOfWork,
            Clock clock,
            Pool pool,
            MeterRegistry metrics,
            @ConfigProperty(name = "tenure.service") String consumer,
            @ConfigProperty(name = "tenure.inbox.keep") Duration keep) {
        this.unitOfWork = unitOfWork;
        this.clock = clock;
        this.pool = pool;
        this.metrics = metrics;
        this.consumer = consumer;
        this.keep = keep;
    }

    /**
     * Runs the event's effect in one transaction with the note that the event was received, unless it was before. To be
     * returned from an {@code @Incoming} method.
     *
     * @param effects chooses what an event causes, {@link Effect#NONE} included; called outside of the transaction
     */
    public Uni<Void> receive(ConsumerRecord<String, byte[]> record, Function<Event, Effect> effects) {
        Context context = Vertx.currentContext();
        return Uni.createFrom()
                .deferred(() -> {
                    Event event = codec.decode(record.value());
                    if (event.correlationId() != null) {
                        MDC.put("correlationId", event.correlationId().toString());
                    }
                    Effect effect = effects.apply(event);
                    return effect == Effect.NONE
                            ? Uni.createFrom().<Void>voidItem()
                            : unitOfWork.run(() -> isFirst(event)
                                    .flatMap(first -> first
                                            ? effect.run()
                                            : Uni.createFrom().voidItem()));
                })
                // Sessions live on the record's own context; a retry comes from a timer's thread.
                .runSubscriptionOn(task -> context.runOnContext(run -> task.run()))
                .onFailure(Failures::isOutage)
                .invoke(failure ->
                        LOG.warnf("Waiting for a server: %s", failure.getClass().getSimpleName()))
                .onFailure(Failures::isOutage)
                .retry()
                .withBackOff(Duration.ofMillis(200), Duration.ofSeconds(10))
                .indefinitely()
                .onFailure(failure -> !isFinal(failure))
                .retry()
                .withBackOff(Duration.ofMillis(100), Duration.ofSeconds(2))
                .atMost(ATTEMPTS - 1)
                .onFailure()
                .transform(failure -> refuse(record, failure));
    }

    private Uni<Boolean> isFirst(Event event) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(
                                "INSERT INTO inbox (consumer, event_id, received_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
                        .setParameter(1, consumer)
                        .setParameter(2, event.id())
                        .setParameter(3, clock.instant())
                        .executeUpdate())
                .map(inserted -> inserted == 1);
    }

    private static boolean isFinal(Throwable failure) {
        return failure instanceof UnreadableEventException || failure instanceof EventRefusedException;
    }

    private EventRefusedException refuse(ConsumerRecord<String, byte[]> record, Throwable failure) {
        Throwable cause = rootOf(failure);
        String reason = isFinal(cause) ? cause.getMessage() : cause.getClass().getName();
        metrics.counter("tenure.inbox.dead.letters", "topic", record.topic()).increment();
        LOG.errorf(
                isFinal(cause) ? null : cause,
                "Record %s-%d@%d goes to the dead letter: %s",
                record.topic(),
                record.partition(),
                record.offset(),
                reason);
        return new EventRefusedException(reason);
    }

    private static Throwable rootOf(Throwable failure) {
        // Mutiny reports exhausted retries as an IllegalStateException around the last failure.
        return failure instanceof IllegalStateException && failure.getCause() != null ? failure.getCause() : failure;
    }

    @Scheduled(every = "1h", delayed = "10m", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    Uni<Void> forget() {
        return pool.preparedQuery("DELETE FROM inbox WHERE received_at < $1")
                .execute(Tuple.of(clock.instant().minus(keep).atOffset(ZoneOffset.UTC)))
                .replaceWithVoid();
    }
}

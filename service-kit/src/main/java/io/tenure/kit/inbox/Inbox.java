package io.tenure.kit.inbox;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.Provenance;
import io.tenure.events.UnreadableEventException;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.problem.Refusal;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Receives records so that each event has its effect exactly once: the event's id and the effect are committed together,
 * and a second delivery finds the id.
 *
 * <p>While a server is away the record waits in hand: the connector polls no more of its partition once the channel's queue
 * is full, and the {@link Circuit} keeps those in hand from asking in a loop. Any other failure is tried five times; then, as
 * at once with what is unreadable, not to be believed ({@link Provenance}) or refused by the domain, the returned
 * {@code Uni} fails and the channel's dead-letter strategy takes the record, with a reason that quotes nothing of it.
 */
@ApplicationScoped
public class Inbox {

    private static final Logger LOG = Logger.getLogger(Inbox.class);
    private static final int ATTEMPTS = 5;

    private final EventCodec codec = new EventCodec();
    private final UnitOfWork unitOfWork;
    private final Circuit circuit;
    private final Pool pool;
    private final MeterRegistry metrics;
    private final Duration keep;

    Inbox(
            UnitOfWork unitOfWork,
            Circuit circuit,
            Pool pool,
            MeterRegistry metrics,
            @ConfigProperty(name = "tenure.inbox.keep") Duration keep) {
        this.unitOfWork = unitOfWork;
        this.circuit = circuit;
        this.pool = pool;
        this.metrics = metrics;
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
                    Event event = read(record);
                    Effect effect = effects.apply(event);
                    return effect == Effect.NONE
                            ? Uni.createFrom().<Void>voidItem()
                            : circuit.guard(attempt(event, record.value(), effect, context));
                })
                .onFailure(failure -> !isFinal(failure))
                .retry()
                .withBackOff(Duration.ofMillis(100), Duration.ofSeconds(2))
                .atMost(ATTEMPTS - 1)
                .onFailure()
                .transform(failure -> refuse(record, failure));
    }

    private Uni<Void> attempt(Event event, byte[] bytes, Effect effect, Context context) {
        return Uni.createFrom()
                .deferred(() -> {
                    if (event.correlationId() != null) {
                        MDC.put("correlationId", event.correlationId().toString());
                    }
                    return unitOfWork.run(() -> isFirst(event, bytes)
                            .flatMap(first ->
                                    first ? effect.run() : Uni.createFrom().voidItem()));
                })
                // Sessions live on the record's own context; a retry comes from a timer's thread.
                .runSubscriptionOn(task -> context.runOnContext(run -> task.run()));
    }

    private Event read(ConsumerRecord<String, byte[]> record) {
        Event event = codec.decode(record.value());
        Provenance.refusal(record.topic(), record.key(), event.type(), event.source(), event.tenantId())
                .ifPresent(reason -> {
                    throw new EventRefusedException(reason);
                });
        return event;
    }

    private Uni<Boolean> isFirst(Event event, byte[] bytes) {
        byte[] digest = sha256(bytes);
        return Panache.getSession().flatMap(session -> session.createNativeQuery(
                        "INSERT INTO inbox (source, event_id, digest) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
                .setParameter(1, event.source())
                .setParameter(2, event.id())
                .setParameter(3, digest)
                .executeUpdate()
                .flatMap(inserted -> inserted == 1
                        ? Uni.createFrom().item(true)
                        : session.createNativeQuery(
                                        "SELECT digest FROM inbox WHERE source = ?1 AND event_id = ?2", byte[].class)
                                .setParameter(1, event.source())
                                .setParameter(2, event.id())
                                .getSingleResult()
                                .map(known -> isSame(known, digest))));
    }

    private static boolean isSame(byte[] known, byte[] digest) {
        if (!Arrays.equals(known, digest)) {
            throw new EventRefusedException("another event with the same source and id was received before");
        }
        return false;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every JVM has SHA-256", impossible);
        }
    }

    private static boolean isFinal(Throwable failure) {
        return failure instanceof UnreadableEventException
                || failure instanceof EventRefusedException
                || failure instanceof Refusal;
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
        return pool.preparedQuery("DELETE FROM inbox WHERE received_at < now() - make_interval(secs => $1)")
                .execute(Tuple.of((double) keep.toSeconds()))
                .replaceWithVoid();
    }
}

package io.tenure.kit.inbox;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.Provenance;
import io.tenure.kit.Failures;
import io.tenure.kit.Failures.Nature;
import io.tenure.kit.UnitOfWork;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Receives records so that each event has its effect exactly once: the event's id and the effect are committed
 * together, and a second delivery finds the id.
 *
 * <p>An outage is never blamed on a record: the record waits, and the connector pauses the partitions once two polls'
 * worth of records wait behind it, and keeps polling, so that the consumer stays in its group however long it takes. A
 * defect is tried five times. After that (and at once for a record that is unreadable, fails {@link Provenance} or is
 * refused by the domain) the returned {@code Uni} fails and the channel's dead-letter strategy takes the record, with a
 * reason that quotes nothing of it.
 */
@ApplicationScoped
public class Inbox {

    private static final Logger LOG = Logger.getLogger(Inbox.class);
    private static final int ATTEMPTS = 5;

    private final EventCodec codec = new EventCodec();
    private final UnitOfWork unitOfWork;
    private final Circuit circuit;
    private final AtomicInteger held;
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
        this.held = metrics.gauge("tenure.inbox.held", new AtomicInteger());
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
                            : waiting(record, attempt(event, record.value(), effect, context));
                })
                .onFailure(failure -> Grounds.of(failure) == Grounds.DEFECT)
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

    /**
     * Tries again for as long as the cause is not the record. While the database is away, all records wait for the one
     * that tries it; a collision or another server that is away holds up this record only.
     */
    private Uni<Void> waiting(ConsumerRecord<String, byte[]> record, Uni<Void> attempt) {
        AtomicBoolean waits = new AtomicBoolean();
        AtomicBoolean told = new AtomicBoolean();
        return circuit.run(() -> attempt)
                .onFailure(Failures::isOutage)
                .invoke(failure -> {
                    if (waits.compareAndSet(false, true)) {
                        held.incrementAndGet();
                    }
                })
                .onFailure(failure -> Failures.natureOf(failure) == Nature.DATABASE_AWAY)
                .retry()
                .indefinitely()
                .onFailure(Failures::isOutage)
                .invoke(failure -> {
                    if (told.compareAndSet(false, true)) {
                        LOG.warnf(
                                "Record %s-%d@%d waits: %s",
                                record.topic(),
                                record.partition(),
                                record.offset(),
                                failure.getClass().getName());
                    }
                })
                .onFailure(Failures::isOutage)
                .retry()
                .withBackOff(Duration.ofMillis(200), Duration.ofSeconds(10))
                .indefinitely()
                .onTermination()
                .invoke(() -> {
                    if (waits.compareAndSet(true, false)) {
                        held.decrementAndGet();
                    }
                });
    }

    private Event read(ConsumerRecord<String, byte[]> record) {
        Event event = codec.decode(record.value());
        Provenance.refusal(record.topic(), record.key(), event.type(), event.source(), event.tenantId())
                .ifPresent(reason -> {
                    throw new EventRefusedException(Grounds.PROVENANCE, reason);
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
            throw new EventRefusedException(
                    Grounds.REUSED_ID, "another event with the same source and id was received before");
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

    private EventRefusedException refuse(ConsumerRecord<String, byte[]> record, Throwable failure) {
        Throwable cause = rootOf(failure);
        Grounds grounds = Grounds.of(cause);
        String reason = grounds == Grounds.DEFECT ? cause.getClass().getName() : cause.getMessage();
        metrics.counter("tenure.inbox.dead.letters", "topic", record.topic(), "reason", grounds.tag())
                .increment();
        LOG.errorf(
                grounds == Grounds.DEFECT ? cause : null,
                "Record %s-%d@%d goes to the dead letter: %s",
                record.topic(),
                record.partition(),
                record.offset(),
                reason);
        return new EventRefusedException(grounds, reason);
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

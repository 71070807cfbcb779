package io.tenure.kit.outbox;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.Fact;
import io.tenure.events.Topic;
import io.tenure.kit.Ids;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.tracing.TraceContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Locale;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Records events in the caller's own session and transaction: they exist if, and only if, the change that they tell of is
 * committed. {@link OutboxRelay} carries them to Kafka afterwards.
 */
@ApplicationScoped
public class Outbox {

    /**
     * An event that will be published.
     *
     * @param bytes exactly what Kafka will carry
     */
    public record Recorded(Event event, byte[] bytes) {}

    /** Into how many buckets tenants are hashed; replicas share them out among themselves. */
    static final int BUCKETS = 64;

    private final EventCodec codec = new EventCodec();
    private final Clock clock;
    private final UnitOfWork unitOfWork;
    private final Runnable wakeRelay;
    private final String service;
    private final String topic;

    Outbox(
            Clock clock,
            UnitOfWork unitOfWork,
            OutboxRelay relay,
            @ConfigProperty(name = "tenure.service") String service) {
        this.clock = clock;
        this.unitOfWork = unitOfWork;
        this.wakeRelay = relay::wake;
        this.service = service;
        this.topic = Topic.valueOf(service.toUpperCase(Locale.ROOT)).topicName();
    }

    /**
     * Records that {@code fact} happened now. Facts of one tenant reach Kafka in the order in which they are recorded.
     *
     * @param tenantId the tenant concerned
     * @param subject the aggregate that changed, as the API's path
     * @param correlationId the termination that caused it, or null
     * @return the event's id, once the row is part of the transaction
     */
    public Uni<UUID> append(UUID tenantId, String subject, UUID correlationId, Fact fact) {
        return record(tenantId, subject, correlationId, fact)
                .map(recorded -> recorded.event().id());
    }

    /**
     * Does the same, for a caller that must keep what will be published, for example as evidence.
     *
     * @return the event and its exact bytes, once the row is part of the transaction
     */
    public Uni<Recorded> record(UUID tenantId, String subject, UUID correlationId, Fact fact) {
        Event event = new Event(
                Ids.next(),
                "/tenure/" + service,
                subject,
                clock.instant(),
                tenantId,
                correlationId,
                TraceContext.current(),
                fact);
        OutboxRow row = new OutboxRow();
        row.id = event.id();
        row.aggregatetype = topic;
        row.aggregateid = tenantId.toString();
        row.type = event.type();
        byte[] bytes = codec.encode(event);
        row.payload = new String(bytes, StandardCharsets.UTF_8);
        row.tenantId = tenantId;
        row.bucket = (short) Math.floorMod(tenantId.hashCode(), BUCKETS);
        row.traceparent = event.traceparent();
        row.recordedAt = event.time();
        unitOfWork.afterCommit(wakeRelay);
        return Panache.getSession().flatMap(session -> session.persist(row)).replaceWith(new Recorded(event, bytes));
    }
}

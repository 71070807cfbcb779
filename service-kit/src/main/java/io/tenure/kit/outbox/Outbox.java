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
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Records events in the caller's own transaction, with its session or its connection: they exist if, and only if, the
 * change that they tell of is committed. {@link OutboxRelay} carries them to Kafka afterwards.
 */
@ApplicationScoped
public class Outbox {

    /** How large an encoded fact may be, in bytes. What grows with the data is published as one fact per item. */
    public static final int MAX_BYTES = 32 * 1024;

    /** Into how many buckets tenants are hashed; replicas share them out among themselves. */
    static final int BUCKETS = 64;

    /**
     * An event that is recorded, or is about to be.
     *
     * @param bytes exactly what Kafka will carry
     */
    public record Encoded(Event event, byte[] bytes) {}

    // The order of the rows is that of the events: the database numbers them as they come.
    private static final String INSERT = """
            INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, tenant_id, bucket, traceparent, recorded_at)
            SELECT id, aggregatetype, aggregateid, type, payload, tenant_id, bucket, traceparent, recorded_at
            FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::int2[], $8::text[],
                $9::timestamptz[]) WITH ORDINALITY
                AS event (id, aggregatetype, aggregateid, type, payload, tenant_id, bucket, traceparent, recorded_at, n)
            ORDER BY n""";

    private final EventCodec codec = new EventCodec();
    private final Clock clock;
    private final UnitOfWork unitOfWork;
    private final Runnable wakeRelay;
    private final Topic topic;

    Outbox(
            Clock clock,
            UnitOfWork unitOfWork,
            OutboxRelay relay,
            @ConfigProperty(name = "tenure.service") String service) {
        this.clock = clock;
        this.unitOfWork = unitOfWork;
        this.wakeRelay = relay::wake;
        this.topic = Topic.valueOf(service.toUpperCase(Locale.ROOT));
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
        Encoded encoded = encode(tenantId, subject, correlationId, fact);
        return record(encoded).replaceWith(encoded.event().id());
    }

    /**
     * Records that these facts happened now, in this order; none is fine.
     *
     * @param tenantId the tenant concerned
     * @param subject the aggregate that changed, as the API's path
     * @param correlationId the termination that caused them, or null
     */
    public Uni<Void> append(UUID tenantId, String subject, UUID correlationId, List<? extends Fact> facts) {
        if (facts.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        Object[] rows = facts.stream()
                .map(fact -> row(encode(tenantId, subject, correlationId, fact)))
                .toArray();
        unitOfWork.afterCommit(wakeRelay);
        return Panache.getSession().flatMap(session -> session.persistAll(rows));
    }

    /**
     * Makes the event that says that {@code fact} happened now, as a part of the current trace; for a caller that must
     * keep what will be published, for example as evidence. Publishes nothing: the caller records it.
     *
     * @param tenantId the tenant concerned
     * @param subject the aggregate that changed, as the API's path
     * @param correlationId the termination that caused it, or null
     * @throws IllegalArgumentException if it is larger than {@link #MAX_BYTES}
     */
    public Encoded encode(UUID tenantId, String subject, UUID correlationId, Fact fact) {
        Event event = new Event(
                Ids.next(),
                topic.source(),
                subject,
                clock.instant(),
                tenantId,
                correlationId,
                TraceContext.current(),
                fact);
        byte[] bytes = codec.encode(event);
        if (bytes.length > MAX_BYTES) {
            // Refused here, where the change can still be rolled back, and not later by the broker or the log.
            throw new IllegalArgumentException(
                    event.type() + " has " + bytes.length + " bytes, and a fact at most " + MAX_BYTES);
        }
        return new Encoded(event, bytes);
    }

    /** Records an event in the caller's session. @return completes once the row is part of the transaction */
    public Uni<Void> record(Encoded encoded) {
        unitOfWork.afterCommit(wakeRelay);
        return Panache.getSession().flatMap(session -> session.persist(row(encoded)));
    }

    /** Records events in the caller's transaction, in this order and with one statement. */
    public Uni<Void> record(SqlConnection connection, List<Encoded> events) {
        List<OutboxRow> rows = events.stream().map(this::row).toList();
        unitOfWork.afterCommit(wakeRelay);
        return connection
                .preparedQuery(INSERT)
                .execute(Tuple.from(List.of(
                        column(rows, UUID[]::new, row -> row.id),
                        column(rows, String[]::new, row -> row.aggregatetype),
                        column(rows, String[]::new, row -> row.aggregateid),
                        column(rows, String[]::new, row -> row.type),
                        column(rows, String[]::new, row -> row.payload),
                        column(rows, UUID[]::new, row -> row.tenantId),
                        column(rows, Short[]::new, row -> row.bucket),
                        column(rows, String[]::new, row -> row.traceparent),
                        column(rows, OffsetDateTime[]::new, row -> row.recordedAt.atOffset(ZoneOffset.UTC)))))
                .replaceWithVoid();
    }

    private OutboxRow row(Encoded encoded) {
        return new OutboxRow(topic.topicName(), encoded);
    }

    private static <T> T[] column(List<OutboxRow> rows, IntFunction<T[]> array, Function<OutboxRow, T> value) {
        return rows.stream().map(value).toArray(array);
    }
}

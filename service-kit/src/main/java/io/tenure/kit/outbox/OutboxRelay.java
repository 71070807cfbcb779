package io.tenure.kit.outbox;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.tenure.events.EventCodec;
import io.tenure.kit.tracing.TraceContext;
import io.vertx.core.Context;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Carries recorded events to Kafka. A pass claims buckets of tenants with advisory locks that last as long as its
 * transaction, sends their rows in order, and deletes them once the broker has acknowledged all. Two replicas therefore
 * never send one tenant's facts at the same time; a relay that dies between send and delete leaves the rows to the next
 * pass, whose repeated deliveries the consumers recognise by the event's id.
 *
 * <p>A pass follows each commit of this process that recorded an event, and every {@code tenure.outbox.poll-interval} otherwise.
 */
@ApplicationScoped
public class OutboxRelay {

    private static final Logger LOG = Logger.getLogger(OutboxRelay.class);
    private static final int LOCK_CLASS = 0x7E0B;

    // The locks come in a statement of their own: the next one must see what their former holders deleted.
    private static final String CLAIM = """
            WITH waiting AS MATERIALIZED (
                SELECT b::int4 AS bucket FROM generate_series(0, %d) b
                WHERE EXISTS (SELECT FROM outbox WHERE outbox.bucket = b))
            SELECT bucket FROM waiting WHERE pg_try_advisory_xact_lock(%d, bucket)""".formatted(Outbox.BUCKETS - 1, LOCK_CLASS);
    private static final String READ = """
            SELECT seq, id, aggregatetype, aggregateid, payload, traceparent FROM outbox
            WHERE bucket = ANY($1) ORDER BY seq LIMIT $2""";
    private static final String DELETE = "DELETE FROM outbox WHERE seq = ANY($1)";

    private final Pool pool;
    private final Vertx vertx;
    private final Tracer tracer;
    private final Producer<String, byte[]> producer;
    private final int batchSize;
    private final Duration pollInterval;
    private final AtomicBoolean running = new AtomicBoolean();
    private final AtomicBoolean again = new AtomicBoolean();
    private final AtomicBoolean open = new AtomicBoolean();
    private final Counter relayed;
    private volatile Context context;
    private volatile long timer;

    OutboxRelay(
            Pool pool,
            Vertx vertx,
            Tracer tracer,
            Producer<String, byte[]> producer,
            MeterRegistry metrics,
            @ConfigProperty(name = "tenure.outbox.batch-size") int batchSize,
            @ConfigProperty(name = "tenure.outbox.poll-interval") Duration pollInterval) {
        this.pool = pool;
        this.vertx = vertx;
        this.tracer = tracer;
        this.producer = producer;
        this.batchSize = batchSize;
        this.pollInterval = pollInterval;
        this.relayed = metrics.counter("tenure.outbox.relayed");
    }

    void start(@Observes StartupEvent event) {
        context = vertx.getDelegate().getOrCreateContext();
        open.set(true);
        timer = vertx.setPeriodic(pollInterval.toMillis(), tick -> wake());
    }

    void stop(@Observes ShutdownEvent event) {
        open.set(false);
        vertx.cancelTimer(timer);
    }

    /** Asks for a pass soon; called after a commit that recorded events. Returns at once. */
    public void wake() {
        again.set(true);
        if (open.get() && running.compareAndSet(false, true)) {
            context.runOnContext(start -> loop());
        }
    }

    private void loop() {
        again.set(false);
        pass().onFailure()
                .invoke(failure -> LOG.warnf("Relay pass failed, the events stay in the outbox: %s", failure))
                .onFailure()
                .recoverWithItem(0)
                .subscribe()
                .with(sent -> {
                    if (open.get() && (sent == batchSize || again.get())) {
                        loop();
                    } else {
                        running.set(false);
                        if (again.get()) {
                            wake();
                        }
                    }
                });
    }

    /** One claim, send and delete. @return how many events were relayed */
    Uni<Integer> pass() {
        return pool.withTransaction(connection -> connection
                .query(CLAIM)
                .execute()
                .flatMap(claimed -> claimed.rowCount() == 0 ? Uni.createFrom().item(0) : relay(connection, claimed)));
    }

    private Uni<Integer> relay(SqlConnection connection, RowSet<Row> claimed) {
        Integer[] buckets = new Integer[claimed.rowCount()];
        int next = 0;
        for (Row row : claimed) {
            buckets[next++] = row.getInteger("bucket");
        }
        return connection
                .preparedQuery(READ)
                .execute(Tuple.of(buckets, batchSize))
                .flatMap(rows -> rows.rowCount() == 0
                        ? Uni.createFrom().item(0)
                        : send(rows).flatMap(sequences -> connection
                                .preparedQuery(DELETE)
                                .execute(Tuple.of(sequences))
                                .invoke(deleted -> relayed.increment(sequences.length))
                                .replaceWith(sequences.length)));
    }

    /** Pipelines the rows in order and stops at the first failure, so that no fact overtakes an earlier one. */
    private Uni<Long[]> send(RowSet<Row> rows) {
        // KafkaProducer.send may block while it looks for the broker; not on the event loop.
        return Uni.createFrom()
                .<Long[]>emitter(done -> {
                    Long[] sequences = new Long[rows.rowCount()];
                    AtomicInteger unacknowledged = new AtomicInteger(sequences.length);
                    AtomicBoolean failed = new AtomicBoolean();
                    int next = 0;
                    for (Row row : rows) {
                        if (failed.get()) {
                            return;
                        }
                        sequences[next++] = row.getLong("seq");
                        send(row, failure -> {
                            if (failure != null && failed.compareAndSet(false, true)) {
                                done.fail(failure);
                            } else if (unacknowledged.decrementAndGet() == 0 && !failed.get()) {
                                done.complete(sequences);
                            }
                        });
                    }
                })
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .emitOn(task -> context.runOnContext(run -> task.run()));
    }

    private void send(Row row, Consumer<Exception> acknowledged) {
        String topic = row.getString("aggregatetype");
        Span span = tracer.spanBuilder("publish " + topic)
                .setParent(TraceContext.parse(row.getString("traceparent")))
                .setSpanKind(SpanKind.PRODUCER)
                .setAttribute("messaging.system", "kafka")
                .setAttribute("messaging.destination.name", topic)
                .setAttribute("messaging.message.id", row.getUUID("id").toString())
                .startSpan();
        ProducerRecord<String, byte[]> message = new ProducerRecord<>(
                topic, row.getString("aggregateid"), row.getString("payload").getBytes(StandardCharsets.UTF_8));
        message.headers().add("content-type", EventCodec.CONTENT_TYPE.getBytes(StandardCharsets.UTF_8));
        String traceparent =
                TraceContext.of(io.opentelemetry.context.Context.root().with(span));
        if (traceparent != null) {
            message.headers().add("traceparent", traceparent.getBytes(StandardCharsets.UTF_8));
        }
        producer.send(message, (metadata, failure) -> {
            if (failure != null) {
                span.setStatus(StatusCode.ERROR);
            }
            span.end();
            acknowledged.accept(failure);
        });
    }
}

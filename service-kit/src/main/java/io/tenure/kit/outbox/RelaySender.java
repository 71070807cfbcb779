package io.tenure.kit.outbox;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.tenure.events.EventCodec;
import io.tenure.kit.tracing.TraceContext;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RetriableException;

/** Hands rows of the outbox to Kafka, in order, and tells which of them the broker has. */
@ApplicationScoped
class RelaySender {

    /**
     * What became of some rows.
     *
     * @param acknowledged {@code seq} of the rows that the broker has, together with every earlier row of their bucket
     * @param refused the first row of each bucket that the broker does not have, and why
     */
    record Outcome(Long[] acknowledged, Map<Integer, Refused> refused) {}

    /** A row that was not taken. */
    record Refused(Row row, Exception why) {

        /** Whether the same row can be taken later without anybody mending anything. */
        boolean isPassing() {
            return why instanceof RetriableException;
        }
    }

    private final Tracer tracer;
    private final Producer<String, byte[]> producer;

    RelaySender(Tracer tracer, Producer<String, byte[]> producer) {
        this.tracer = tracer;
        this.producer = producer;
    }

    /**
     * Pipelines rows. Once one of a bucket fails, no further one of that bucket is sent, so that no fact overtakes an
     * earlier one; once a server is away, none at all.
     *
     * @return answers on another thread
     */
    Uni<Outcome> send(List<Row> rows) {
        // KafkaProducer.send may block while it looks for the broker; not on the event loop.
        return Uni.createFrom()
                .<Outcome>emitter(done -> {
                    Sending sending = new Sending(rows, done::complete);
                    for (int i = 0; i < rows.size(); i++) {
                        int index = i;
                        if (sending.mayGo(index)) {
                            send(rows.get(index), failure -> sending.answered(index, failure));
                        } else {
                            sending.answered(index, null);
                        }
                    }
                })
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    private static final class Sending {

        /**
         * No row is handed over after this: after a pause it could still go out while the producer gives up earlier
         * rows.
         */
        private final long lastCall =
                System.nanoTime() + RelayProducer.GIVEN_UP_AFTER.dividedBy(2).toNanos();

        private final List<Row> rows;
        private final boolean[] acknowledged;
        private final Map<Integer, Integer> firstRefused = new HashMap<>();
        private final Map<Integer, Refused> refused = new HashMap<>();
        private final AtomicInteger open;
        private final Consumer<Outcome> done;
        private final boolean[] held;
        private boolean away;

        private Sending(List<Row> rows, Consumer<Outcome> done) {
            this.rows = rows;
            this.acknowledged = new boolean[rows.size()];
            this.held = new boolean[rows.size()];
            this.open = new AtomicInteger(rows.size());
            this.done = done;
        }

        private synchronized boolean mayGo(int index) {
            held[index] = away || refused.containsKey(bucket(index)) || System.nanoTime() - lastCall > 0;
            return !held[index];
        }

        private void answered(int index, Exception failure) {
            synchronized (this) {
                if (failure != null) {
                    Refused row = new Refused(rows.get(index), failure);
                    away |= row.isPassing();
                    if (index < firstRefused.getOrDefault(bucket(index), Integer.MAX_VALUE)) {
                        firstRefused.put(bucket(index), index);
                        refused.put(bucket(index), row);
                    }
                } else {
                    acknowledged[index] = !held[index];
                }
            }
            if (open.decrementAndGet() == 0) {
                done.accept(outcome());
            }
        }

        /** Rows behind a refused one of their bucket are sent again after it; consumers recognise them. */
        private synchronized Outcome outcome() {
            List<Long> taken = new ArrayList<>(rows.size());
            for (int i = 0; i < rows.size(); i++) {
                if (acknowledged[i] && i < firstRefused.getOrDefault(bucket(i), Integer.MAX_VALUE)) {
                    taken.add(rows.get(i).getLong("seq"));
                }
            }
            return new Outcome(taken.toArray(Long[]::new), Map.copyOf(refused));
        }

        private int bucket(int index) {
            return rows.get(index).getShort("bucket");
        }
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
        Consumer<Exception> ended = failure -> {
            if (failure != null) {
                span.setStatus(StatusCode.ERROR);
            }
            span.end();
            acknowledged.accept(failure);
        };
        try {
            producer.send(message, (metadata, failure) -> ended.accept(failure));
        } catch (RuntimeException refused) {
            // For an invalid topic name or a closed producer, send throws and does not call back.
            ended.accept(refused);
        }
    }
}

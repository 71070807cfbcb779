package io.tenure.kit.outbox;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.VertxContextSupport;
import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.kit.Ids;
import io.tenure.kit.KitTest;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.testing.TestRecords;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

@KitTest
class OutboxRelayTest {

    private static final String TOPIC = "tenure.lifecycle";

    private final UUID tenant = Ids.next();
    private final EventCodec codec = new EventCodec();

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    Outbox outbox;

    @Inject
    OutboxRelay relay;

    @Inject
    Pool pool;

    @Inject
    Vertx vertx;

    @Inject
    Tracer tracer;

    @Inject
    Producer<String, byte[]> producer;

    @Inject
    MeterRegistry metrics;

    @Test
    void whatIsCommittedReachesKafkaOnceAndLeavesTheTable() throws Throwable {
        UUID event = append(tenant);

        await().until(() -> published(tenant).equals(List.of(event)) && waiting() == 0);
    }

    @Test
    void whatIsRolledBackNeverReachesKafka() throws Throwable {
        assertThrows(
                IllegalStateException.class,
                () -> VertxContextSupport.subscribeAndAwait(() -> unitOfWork.run(
                        () -> outbox.append(tenant, "/v1/terminations/x", null, new TerminationRequested(Ids.next()))
                                .invoke(() -> {
                                    throw new IllegalStateException("rolled back");
                                }))));
        UUID committed = append(tenant);

        await().until(() -> published(tenant).contains(committed));
        assertEquals(List.of(committed), published(tenant));
    }

    @Test
    void twoReplicasKeepTheOrderOfEachTenant() throws Throwable {
        OutboxRelay other = replica(producer);
        List<UUID> tenants = Stream.generate(Ids::next).limit(12).toList();
        try (var threads = Executors.newFixedThreadPool(4)) {
            List<Future<List<UUID>>> appended = tenants.stream()
                    .map(one -> threads.submit(() -> {
                        List<UUID> ids = new ArrayList<>();
                        for (int i = 0; i < 40; i++) {
                            ids.add(append(one));
                            other.wake();
                        }
                        return ids;
                    }))
                    .toList();
            for (int i = 0; i < tenants.size(); i++) {
                List<UUID> expected = appended.get(i).get();
                UUID one = tenants.get(i);
                await().until(() -> published(one).size() >= expected.size());
                // Repeated deliveries are allowed, another order of first deliveries is not.
                assertEquals(expected, List.copyOf(new LinkedHashSet<>(published(one))));
            }
        }
        other.stop(null);
    }

    @Test
    void aRelayThatDiesBetweenSendAndDeleteLosesNothing() throws Throwable {
        // The broker takes the record, the acknowledgement never arrives, and the relay's connection breaks.
        MockProducer<String, byte[]> silent =
                new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer());
        relay.stop(null);
        OutboxRelay dying = replica(silent);
        UUID event = append(tenant);
        dying.wake();
        await().until(() ->
                silent.history().stream().anyMatch(sent -> sent.key().equals(tenant.toString())));
        assertEquals(1, waiting());

        pool.query("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                        + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")
                .execute()
                .await()
                .indefinitely();
        dying.stop(null);
        relay.start(new StartupEvent());

        await().until(() -> published(tenant).contains(event) && waiting() == 0);
    }

    @Test
    void aBrokerThatRefusesLeavesTheRowsAndNothingOvertakes() throws Throwable {
        relay.stop(null);
        MockProducer<String, byte[]> refusing =
                new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer());
        refusing.sendException = new org.apache.kafka.common.errors.TimeoutException("no broker");
        OutboxRelay unlucky = replica(refusing);
        UUID first = append(tenant);
        UUID second = append(tenant);
        assertThrows(Exception.class, () -> unlucky.pass().await().atMost(Duration.ofSeconds(20)));
        unlucky.stop(null);
        assertEquals(2, waiting());
        relay.start(new StartupEvent());

        await().until(() -> published(tenant).size() == 2);
        assertEquals(List.of(first, second), published(tenant));
    }

    @Test
    void theTraceOfTheCauseIsCarriedThrough() throws Throwable {
        Span cause = tracer.spanBuilder("cause").startSpan();
        UUID event = VertxContextSupport.subscribeAndAwait(() -> unitOfWork.run(() -> {
            try (Scope scope = cause.makeCurrent()) {
                return outbox.append(tenant, "/v1/terminations/x", null, new TerminationRequested(Ids.next()));
            }
        }));
        cause.end();

        await().until(() -> published(tenant).contains(event));
        ConsumerRecord<String, byte[]> record =
                TestRecords.read(TOPIC, tenant.toString()).getFirst();
        String trace = cause.getSpanContext().getTraceId();
        assertTrue(codec.decode(record.value()).traceparent().contains(trace));
        String header = new String(record.headers().lastHeader("traceparent").value(), StandardCharsets.UTF_8);
        assertTrue(header.contains(trace));
        assertTrue(!header.contains(cause.getSpanContext().getSpanId()), "the publication is a span of its own");
    }

    private UUID append(UUID tenantId) {
        try {
            return VertxContextSupport.subscribeAndAwait(() -> unitOfWork.run(
                    () -> outbox.append(tenantId, "/v1/terminations/x", null, new TerminationRequested(Ids.next()))));
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    private OutboxRelay replica(Producer<String, byte[]> producer) {
        OutboxRelay replica = new OutboxRelay(pool, vertx, tracer, producer, metrics, 50, Duration.ofMillis(100));
        replica.start(new StartupEvent());
        return replica;
    }

    private List<UUID> published(UUID tenantId) {
        return TestRecords.read(TOPIC, tenantId.toString()).stream()
                .map(record -> codec.decode(record.value()))
                .map(Event::id)
                .toList();
    }

    private long waiting() {
        return count("SELECT count(*) FROM outbox WHERE tenant_id = '" + tenant + "'");
    }

    private long count(String sql) {
        return pool.query(sql)
                .execute()
                .await()
                .indefinitely()
                .iterator()
                .next()
                .getLong(0);
    }
}

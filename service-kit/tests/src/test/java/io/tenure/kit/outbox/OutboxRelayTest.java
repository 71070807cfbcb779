package io.tenure.kit.outbox;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
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
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
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
        refusing.sendException = new TimeoutException("no broker");
        OutboxRelay unlucky = replica(refusing);
        UUID first = append(tenant);
        UUID second = append(tenant);
        assertEquals(0, unlucky.pass().await().atMost(Duration.ofSeconds(20)));
        unlucky.stop(null);
        assertEquals(2, waiting());
        relay.start(new StartupEvent());

        await().until(() -> published(tenant).size() == 2);
        assertEquals(List.of(first, second), published(tenant));
    }

    /** The broker never takes a bucket's first row: the rows behind it wait, and no others. */
    @Test
    void anEventThatKafkaDoesNotTakeHoldsUpItsBucketOnly() throws Throwable {
        UUID neighbour = inBucketOf(tenant, true);
        List<UUID> others =
                Stream.generate(() -> inBucketOf(tenant, false)).limit(20).toList();
        UUID tooLarge = Ids.next();
        execute(
                "INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, tenant_id, bucket, recorded_at) VALUES"
                        + " ('" + tooLarge + "', '" + TOPIC + "', '" + tenant
                        + "', 'io.tenure.lifecycle.TerminationRequested',"
                        + " repeat('x', 3000000), '" + tenant + "', " + bucket(tenant) + ", now())");
        await().until(() -> metrics.get("tenure.outbox.blocked").gauge().value() == 1);
        UUID behind = append(tenant);
        UUID besides = append(neighbour);
        others.forEach(this::append);

        for (UUID other : others) {
            await().until(() -> published(other).size() == 1);
        }
        assertEquals(List.of(), published(neighbour));
        assertEquals(2, waiting());

        // An operator mends it, with a payload that fits.
        byte[] mended = codec.encode(new Event(
                tooLarge,
                "/tenure/lifecycle",
                "/v1/terminations/x",
                Instant.now(),
                tenant,
                null,
                null,
                new TerminationRequested(Ids.next())));
        pool.preparedQuery("UPDATE outbox SET payload = $1 WHERE id = $2")
                .execute(Tuple.of(new String(mended, StandardCharsets.UTF_8), tooLarge))
                .await()
                .indefinitely();
        await().until(() -> waiting() == 0 && published(neighbour).equals(List.of(besides)));
        assertEquals(List.of(tooLarge, behind), published(tenant));
        assertEquals(0, metrics.get("tenure.outbox.blocked").gauge().value());
    }

    /** As for a partition without a leader: the producer takes a while to give a record up. */
    @Test
    void aBrokerThatTakesItsTimeToRefuseHoldsUpItsBucketOnly() {
        Queue<Callback> unanswered = new ConcurrentLinkedQueue<>();
        AtomicBoolean away = new AtomicBoolean(true);
        relay.stop(null);
        OutboxRelay slow = replica(answering((record, callback) -> {
            if (away.get() && record.key().equals(tenant.toString())) {
                unanswered.add(callback);
            } else {
                producer.send(record, callback);
            }
        }));
        UUID event = append(tenant);
        await().until(() -> !unanswered.isEmpty());
        unanswered.poll().onCompletion(null, new TimeoutException("given up"));
        await().until(() -> !unanswered.isEmpty());
        UUID other = inBucketOf(tenant, false);
        UUID besides = append(other);

        await().until(() -> published(other).equals(List.of(besides)));
        assertEquals(List.of(), published(tenant));

        away.set(false);
        unanswered.forEach(one -> one.onCompletion(null, new TimeoutException("given up")));
        await().until(() -> waiting() == 0);
        assertEquals(List.of(event), published(tenant));
        slow.stop(null);
        relay.start(new StartupEvent());
    }

    /** A probe that ends at the first bucket's row says nothing about the second one. */
    @Test
    void aBlockedBucketFlowsAgainOnlyWhenOneOfItsRowsWent() {
        UUID second = inBucketOf(tenant, false);
        MeterRegistry registry = new SimpleMeterRegistry();
        relay.stop(null);
        OutboxRelay unlucky = replica(
                answering((record, callback) -> callback.onCompletion(
                        null,
                        record.key().equals(tenant.toString())
                                ? new TimeoutException("no broker")
                                : new RecordTooLargeException("too large"))),
                registry);
        unlucky.stop(null);
        append(tenant);
        append(second);
        unlucky.pass().await().atMost(Duration.ofSeconds(20));
        unlucky.pass().await().atMost(Duration.ofSeconds(20));
        await().until(() -> unlucky.due().size() == 2);
        unlucky.probe().await().atMost(Duration.ofSeconds(20));

        assertEquals(2, registry.get("tenure.outbox.blocked").gauge().value());
        relay.start(new StartupEvent());
        await().until(() -> waiting() == 0);
    }

    /** A process that is suspended in a pass must not keep its buckets for that long. */
    @Test
    void aRelayThatSleepsInAPassLosesItsBuckets() {
        MockProducer<String, byte[]> silent =
                new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer());
        relay.stop(null);
        OutboxRelay sleeping = replica(silent);
        UUID event = append(tenant);
        sleeping.wake();
        await().until(() ->
                silent.history().stream().anyMatch(sent -> sent.key().equals(tenant.toString())));
        relay.start(new StartupEvent());

        await().until(() -> published(tenant).contains(event) && waiting() == 0);
        sleeping.stop(null);
    }

    /** One that owns few buckets of a long backlog must not walk along everybody's rows. */
    @Test
    void aBucketOfALongBacklogIsReadByItsIndex() {
        String plan = pool.withTransaction(connection -> connection
                        .query("INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, tenant_id, bucket,"
                                + " recorded_at) SELECT gen_random_uuid(), 'none', 'none', 'none', 'x', gen_random_uuid(),"
                                + " n % 64, now() FROM generate_series(1, 20000) n")
                        .execute()
                        .chain(() -> connection
                                .query("EXPLAIN "
                                        + OutboxRelay.READ_FEW
                                                .replace("$1", "'{7}'")
                                                .replace("$2", "500")
                                                .replace("$3", "500"))
                                .execute())
                        .map(rows -> {
                            StringBuilder text = new StringBuilder();
                            rows.forEach(row -> text.append(row.getString(0)).append('\n'));
                            return text.toString();
                        })
                        .chain(text -> connection
                                .query("DELETE FROM outbox WHERE aggregatetype = 'none'")
                                .execute()
                                .replaceWith(text)))
                .await()
                .indefinitely();
        assertTrue(plan.contains("outbox_by_bucket"), plan);
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

    /** A producer whose test decides what becomes of a record. */
    private static Producer<String, byte[]> answering(BiConsumer<ProducerRecord<String, byte[]>, Callback> broker) {
        return new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer()) {
            @Override
            public Future<RecordMetadata> send(ProducerRecord<String, byte[]> record, Callback callback) {
                broker.accept(record, callback);
                return new CompletableFuture<>();
            }
        };
    }

    private OutboxRelay replica(Producer<String, byte[]> producer) {
        return replica(producer, metrics);
    }

    private OutboxRelay replica(Producer<String, byte[]> producer, MeterRegistry registry) {
        OutboxRelay replica = new OutboxRelay(
                pool,
                vertx,
                new RelaySender(tracer, producer),
                registry,
                50,
                Duration.ofMillis(100),
                Duration.ofSeconds(2));
        replica.start(new StartupEvent());
        return replica;
    }

    private List<UUID> published(UUID tenantId) {
        return TestRecords.read(TOPIC, tenantId.toString()).stream()
                .map(record -> codec.decode(record.value()))
                .map(Event::id)
                .toList();
    }

    private static int bucket(UUID tenantId) {
        return Math.floorMod(tenantId.hashCode(), Outbox.BUCKETS);
    }

    private static UUID inBucketOf(UUID tenantId, boolean same) {
        return Stream.generate(Ids::next)
                .filter(one -> (bucket(one) == bucket(tenantId)) == same)
                .findFirst()
                .orElseThrow();
    }

    private void execute(String sql) {
        pool.query(sql).execute().await().indefinitely();
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

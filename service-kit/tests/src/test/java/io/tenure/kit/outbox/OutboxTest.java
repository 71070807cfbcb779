package io.tenure.kit.outbox;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.vertx.VertxContextSupport;
import io.smallrye.mutiny.Uni;
import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.LifecycleFact.DeletionCertificateIssued;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.kit.Ids;
import io.tenure.kit.KitTest;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.testing.TestRecords;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Recording with a session and with a connection. */
@KitTest
class OutboxTest {

    private final UUID tenant = Ids.next();
    private final EventCodec codec = new EventCodec();

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    Outbox outbox;

    private static final class RolledBack extends RuntimeException {}

    @Test
    void eitherWayMakesTheSameRow() {
        Outbox.Encoded encoded = encoded("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        String row = "SELECT CAST(to_jsonb(outbox) - 'seq' AS text) FROM outbox WHERE id = ";
        AtomicReference<String> bySession = new AtomicReference<>();
        AtomicReference<String> byConnection = new AtomicReference<>();

        rolledBack(() -> unitOfWork.run(() -> outbox.record(encoded)
                .chain(() -> Panache.getSession().flatMap(session -> session.flush()
                        .chain(() -> session.createNativeQuery(row + "?1", String.class)
                                .setParameter(1, encoded.event().id())
                                .getSingleResult())))
                .invoke(bySession::set)
                .onItem()
                .failWith(RolledBack::new)));
        rolledBack(() -> unitOfWork.runSql(connection -> outbox.record(connection, List.of(encoded))
                .chain(() -> connection
                        .preparedQuery(row + "$1")
                        .execute(Tuple.of(encoded.event().id())))
                .invoke(rows -> byConnection.set(rows.iterator().next().getString(0)))
                .onItem()
                .failWith(RolledBack::new)));

        assertEquals(bySession.get(), byConnection.get());
    }

    @Test
    void manyAtOnceReachKafkaInTheirOrder() throws Throwable {
        // Some inside a trace and some outside, with ids that would sort otherwise.
        List<Outbox.Encoded> events = Stream.generate(
                        () -> List.of(encoded("00-" + "ab".repeat(16) + "-00f067aa0ba902b7-01"), encoded(null)))
                .limit(30)
                .flatMap(List::stream)
                .toList()
                .reversed();

        VertxContextSupport.subscribeAndAwait(() -> unitOfWork.runSql(connection -> outbox.record(connection, events)));

        List<UUID> ids = events.stream().map(encoded -> encoded.event().id()).toList();
        await().until(() -> published().size() >= ids.size());
        assertEquals(ids, published());
    }

    @Test
    void aListOfFactsReachesKafkaInItsOrder() throws Throwable {
        List<TerminationRequested> facts = Stream.generate(() -> new TerminationRequested(Ids.next()))
                .limit(40)
                .toList()
                .reversed();
        UUID cause = Ids.next();

        VertxContextSupport.subscribeAndAwait(
                () -> unitOfWork.run(() -> outbox.append(tenant, "/v1/terminations/x", cause, List.of())
                        .chain(() -> outbox.append(tenant, "/v1/terminations/x", cause, facts))));

        await().until(() -> published().size() >= facts.size());
        List<Event> events = TestRecords.read("tenure.lifecycle", tenant.toString()).stream()
                .map(record -> codec.decode(record.value()))
                .toList();
        assertEquals(facts, events.stream().map(Event::fact).toList());
        events.forEach(event -> {
            assertEquals("/v1/terminations/x", event.subject());
            assertEquals(cause, event.correlationId());
        });
    }

    @Test
    void whatIsRolledBackWithItsConnectionNeverReachesKafka() throws Throwable {
        Outbox.Encoded committed = encoded(null);
        rolledBack(() -> unitOfWork.runSql(connection ->
                outbox.record(connection, List.of(encoded(null))).onItem().failWith(RolledBack::new)));
        VertxContextSupport.subscribeAndAwait(
                () -> unitOfWork.runSql(connection -> outbox.record(connection, List.of(committed))));

        await().until(() -> !published().isEmpty());
        assertEquals(List.of(committed.event().id()), published());
    }

    @Test
    void aFactThatIsTooLargeIsRefusedBeforeItIsRecorded() {
        encode("x".repeat(Outbox.MAX_BYTES - 1000));

        assertThrows(IllegalArgumentException.class, () -> encode("x".repeat(Outbox.MAX_BYTES)));
    }

    private Outbox.Encoded encode(String text) {
        return outbox.encode(tenant, "/v1/terminations/x", null, new DeletionCertificateIssued(tenant, tenant, text));
    }

    private static void rolledBack(Supplier<Uni<?>> work) {
        assertThrows(RolledBack.class, () -> VertxContextSupport.subscribeAndAwait(work::get));
    }

    /** An instant finer than the database's microseconds. */
    private Outbox.Encoded encoded(String traceparent) {
        Event event = new Event(
                Ids.next(),
                "/tenure/lifecycle",
                "/v1/terminations/x",
                Instant.parse("2026-03-01T10:00:00.123456789Z"),
                tenant,
                null,
                traceparent,
                new TerminationRequested(Ids.next()));
        return new Outbox.Encoded(event, codec.encode(event));
    }

    private List<UUID> published() {
        return TestRecords.read("tenure.lifecycle", tenant.toString()).stream()
                .map(record -> codec.decode(record.value()).id())
                .toList();
    }
}

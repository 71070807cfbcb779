package io.tenure.kit;

import static io.tenure.kit.Database.execute;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.vertx.VertxContextSupport;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.Failures.Nature;
import io.tenure.local.testing.TestInfra;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.DatabaseException;
import io.vertx.sqlclient.PoolOptions;
import jakarta.inject.Inject;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.WebApplicationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With errors that a real PostgreSQL raised, as each of the three clients brings them. */
@KitTest
class FailuresTest {

    /** How a service speaks with its database. */
    private enum Client {
        HIBERNATE,
        REACTIVE,
        JDBC
    }

    /** SQL for the client's own transaction, or what others do meanwhile. */
    private sealed interface Step {}

    private record Sql(String text) implements Step {}

    private record Meanwhile(Action action) implements Step {}

    private interface Action {
        void run() throws Exception;
    }

    private final UUID one = Ids.next();
    private final UUID two = Ids.next();

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    Pool pool;

    TestInfra infra;

    private Connection other;

    @BeforeEach
    void meetAnother() throws SQLException {
        other = Database.connect();
        for (UUID id : List.of(one, two)) {
            execute(other, "INSERT INTO sample VALUES ('" + id + "', '" + id + "', 'a')");
        }
    }

    @AfterEach
    void leave() throws SQLException {
        other.close();
    }

    @Test
    void aDatabaseThatRefusesWritesIsAway() throws Throwable {
        assertAll(Nature.DATABASE_AWAY, "25006", sql("SET TRANSACTION READ ONLY"), sql(insert(Ids.next())));
    }

    @Test
    void aDatabaseWithoutResourcesIsAway() throws Throwable {
        for (String state : List.of("53100", "53200", "58030", "57P03", "08006", "XX001")) {
            assertAll(Nature.DATABASE_AWAY, state, raise(state));
        }
    }

    @Test
    void aConnectionThatWasEndedIsAway() throws Throwable {
        for (Client client : Client.values()) {
            Throwable failure = fail(client, sql("SELECT pg_terminate_backend(pg_backend_pid())"));
            assertEquals(Nature.DATABASE_AWAY, Failures.natureOf(failure), client + ": " + failure);
            assertTrue(Failures.isConnectionLost(failure), client + ": " + failure);
        }
    }

    @Test
    void aLockThatIsNotToBeHadIsACollision() throws Throwable {
        other.setAutoCommit(false);
        execute(other, "SELECT FROM sample WHERE id = '" + one + "' FOR UPDATE");
        assertAll(Nature.COLLISION, "55P03", sql("SET LOCAL lock_timeout = '20ms'"), sql(update(one)));
        assertAll(Nature.COLLISION, "55P03", sql("SELECT id FROM sample WHERE id = '" + one + "' FOR UPDATE NOWAIT"));
    }

    @Test
    void aStatementThatTookTooLongIsACollision() throws Throwable {
        assertAll(Nature.COLLISION, "57014", sql("SET LOCAL statement_timeout = '20ms'"), sql("SELECT pg_sleep(60)"));
    }

    @Test
    void aSerializationFailureIsACollision() throws Throwable {
        assertAll(
                Nature.COLLISION,
                "40001",
                sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"),
                sql("SELECT id FROM sample WHERE id = '" + one + "'"),
                new Meanwhile(() -> execute(other, update(one))),
                sql(update(one)));
    }

    @Test
    void aDeadlockIsACollision() throws Throwable {
        for (Client client : Client.values()) {
            other.setAutoCommit(false);
            var crossing = new CompletableFuture<?>[1];
            Throwable failure = fail(
                    client,
                    sql(update(one)),
                    new Meanwhile(() -> {
                        execute(other, update(two));
                        crossing[0] = CompletableFuture.runAsync(() -> unchecked(() -> execute(other, update(one))));
                        // It has looked for a deadlock then, so the next to look is the client's.
                        awaitWaiting(Duration.ofMillis(1500));
                    }),
                    sql(update(two)));
            assertFound(Nature.COLLISION, "40P01", client, failure);
            crossing[0].join();
            other.rollback();
        }
    }

    @Test
    void aTransactionThatStoodIdleIsTriedAgain() throws Throwable {
        for (Client client : Client.values()) {
            Throwable failure = fail(
                    client,
                    sql("SET LOCAL idle_in_transaction_session_timeout = '10ms'"),
                    sql("SET LOCAL application_name = 'idle'"),
                    new Meanwhile(() -> await().until(() ->
                            count("SELECT count(*) FROM pg_stat_activity" + " WHERE application_name = 'idle'") == 0)),
                    sql(update(one)));
            assertTrue(Failures.isOutage(failure), client + ": " + failure);
        }
    }

    @Test
    void whatTheStatementItselfCausesIsADefect() throws Throwable {
        assertAll(Nature.DEFECT, "23505", sql(insert(one)));
        assertAll(Nature.DEFECT, "23502", sql("INSERT INTO sample (id) VALUES ('" + Ids.next() + "')"));
        assertAll(Nature.DEFECT, "22012", sql("SELECT 1 / 0"));
        assertAll(Nature.DEFECT, "42P01", sql("SELECT 1 FROM nowhere"));
        assertAll(Nature.DEFECT, "42501", sql("CREATE TABLE mine (id int)"));
        assertAll(Nature.DEFECT, "P0001", raise("P0001"));
        assertAll(Nature.DEFECT, "54001", raise("54001"));
        assertAll(Nature.DEFECT, "08P01", raise("08P01"));
    }

    @Test
    void statementsBehindAFailedOneSayNothing() {
        Throwable failure = failureOfUni(() -> unitOfWork.runSql(connection -> connection
                .query("SET TRANSACTION READ ONLY")
                .execute()
                .chain(() -> Uni.combine()
                        .all()
                        .unis(
                                connection.query(insert(Ids.next())).execute(),
                                connection.query("SELECT 1").execute(),
                                connection.query("SELECT 2").execute())
                        .collectFailures()
                        .discardItems())));
        assertEquals(Nature.DATABASE_AWAY, Failures.natureOf(failure));
        assertEquals(
                Nature.DEFECT,
                Failures.natureOf(failureOfUni(() -> unitOfWork.runSql(connection -> Uni.combine()
                        .all()
                        .unis(
                                connection.query("SELECT 1 / 0").execute(),
                                connection.query("SELECT 2").execute())
                        .collectFailures()
                        .discardItems()))));
    }

    @Test
    void aDatabaseWithoutRoomForConnectionsIsAway() throws Exception {
        Database.whileFull(() -> awaitRefused("53300"));
    }

    @Test
    void aPasswordThatIsBeingRotatedIsAnOutage() throws Exception {
        Database.whileThePasswordIsAnother(() -> awaitRefused("28P01"));
    }

    @Test
    void aServerThatIsStoppedIsAway() throws Exception {
        infra.postgres().stop();
        try {
            for (Client client : Client.values()) {
                assertEquals(Nature.DATABASE_AWAY, Failures.natureOf(connecting(client)), client.name());
            }
        } finally {
            infra.postgres().start();
        }
        assertEquals(1, await().ignoreExceptions().until(() -> count("SELECT 1"), found -> found == 1));
    }

    /** As when a process ends in order while it handles a record: the record must be kept, not put aside. */
    @Test
    void aPoolThatIsClosedIsAway() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            var closed = PgBuilder.pool()
                    .with(new PoolOptions().setMaxSize(1))
                    .connectingTo(new PgConnectOptions().setHost("127.0.0.1"))
                    .using(vertx)
                    .build();
            ended(closed.close());
            for (Throwable failure : List.of(
                    ended(closed.getConnection()),
                    ended(closed.query("SELECT 1").execute()),
                    ended(closed.withTransaction(
                            connection -> connection.query("SELECT 1").execute())))) {
                assertEquals(Nature.DATABASE_AWAY, Failures.natureOf(failure), failure::toString);
            }
        } finally {
            ended(vertx.close());
        }
    }

    @Test
    void aBrokenSocketIsAnOutageAndAFileOfOursIsNot() throws IOException {
        assertTrue(Failures.isOutage(failureOf(() -> {
            try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    var socket =
                            SocketChannel.open(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()))) {
                server.accept().close();
                while (true) {
                    socket.write(ByteBuffer.allocate(65_536));
                }
            }
        })));
        assertEquals(
                Nature.DEFECT, Failures.natureOf(failureOf(() -> Files.readString(Path.of("/there/is/no/such/file")))));
        assertEquals(Nature.DEFECT, Failures.natureOf(new UncheckedIOException(new IOException("no space left"))));
    }

    @Test
    void whatOurOwnCodeThrowsIsADefect() {
        var notJson = failureOf(() -> new ObjectMapper().readTree("{"));
        assertTrue(notJson instanceof JsonProcessingException);
        assertEquals(Nature.DEFECT, Failures.natureOf(notJson));
        assertEquals(Nature.DEFECT, Failures.natureOf(new IllegalStateException("wrong")));
        assertEquals(Nature.DEFECT, Failures.natureOf(new TimeoutException("of our own")));
        assertEquals(Nature.DEFECT, Failures.natureOf(new io.smallrye.mutiny.TimeoutException()));
        assertEquals(Nature.DEFECT, Failures.natureOf(new WebApplicationException(404)));
    }

    @Test
    void anotherServerThatIsAwayIsNotTheDatabase() {
        for (int status : new int[] {429, 502, 503, 504}) {
            assertEquals(Nature.PEER_AWAY, Failures.natureOf(new WebApplicationException(status)));
        }
        assertEquals(Nature.PEER_AWAY, Failures.natureOf(new ProcessingException(new ConnectException("refused"))));
        assertEquals(Nature.PEER_AWAY, Failures.natureOf(new ProcessingException(new TimeoutException("30 s"))));
        assertEquals(
                Nature.PEER_AWAY,
                Failures.natureOf(new CompletionException(new org.apache.kafka.common.errors.TimeoutException())));
    }

    @Test
    void causesThatGoRoundInACircleEnd() {
        var first = new IllegalStateException("first");
        var second = new IllegalStateException("second", first);
        first.initCause(second);
        assertEquals(Nature.DEFECT, Failures.natureOf(first));
        second.addSuppressed(new ConnectException("refused"));
        assertEquals(Nature.DATABASE_AWAY, Failures.natureOf(first));
    }

    /** The same through all clients. */
    private void assertAll(Nature nature, String state, Step... steps) throws Throwable {
        for (Client client : Client.values()) {
            assertFound(nature, state, client, fail(client, steps));
        }
    }

    private static void assertFound(Nature nature, String state, Client client, Throwable failure) {
        assertEquals(state, stateOf(failure), client + ": " + failure);
        assertEquals(nature, Failures.natureOf(failure), client + ": " + failure);
    }

    /** Connections that were cut are found out one by one; until then a client may still meet one. */
    private void awaitRefused(String state) {
        for (Client client : Client.values()) {
            await().until(
                            () -> {
                                Throwable failure = connecting(client);
                                assertEquals(Nature.DATABASE_AWAY, Failures.natureOf(failure), client + ": " + failure);
                                return stateOf(failure);
                            },
                            state::equals);
        }
    }

    private Throwable connecting(Client client) {
        return failureOf(() -> run(client, List.of(new Sql("SELECT 1"))));
    }

    private Throwable fail(Client client, Step... steps) {
        return failureOf(() -> run(client, List.of(steps)));
    }

    private void run(Client client, List<Step> steps) throws Throwable {
        switch (client) {
            case HIBERNATE ->
                VertxContextSupport.subscribeAndAwait(() -> unitOfWork.run(() -> Panache.getSession()
                        .flatMap(session -> inTurn(steps, sql -> session.createNativeQuery(sql)
                                .executeUpdate()
                                .replaceWithVoid()))));
            case REACTIVE ->
                VertxContextSupport.subscribeAndAwait(() -> pool.withTransaction((SqlConnection connection) ->
                        inTurn(steps, sql -> connection.query(sql).execute().replaceWithVoid())));
            case JDBC -> {
                try (Connection connection = Database.connect()) {
                    connection.setAutoCommit(false);
                    for (Step step : steps) {
                        switch (step) {
                            case Sql sql -> execute(connection, sql.text);
                            case Meanwhile meanwhile -> meanwhile.action.run();
                        }
                    }
                    connection.commit();
                }
            }
        }
    }

    private static Uni<Void> inTurn(List<Step> steps, Function<String, Uni<Void>> statement) {
        Uni<Void> done = Uni.createFrom().voidItem();
        for (Step step : steps) {
            done = done.chain(() -> switch (step) {
                case Sql sql -> statement.apply(sql.text);
                case Meanwhile meanwhile -> {
                    unchecked(meanwhile.action);
                    yield Uni.createFrom().voidItem();
                }
            });
        }
        return done;
    }

    private void awaitWaiting(Duration since) {
        await().until(() -> count("SELECT count(*) FROM pg_locks WHERE NOT granted AND waitstart < now() - interval '"
                        + since.toMillis() + "ms'")
                > 0);
    }

    private long count(String sql) throws SQLException {
        try (Connection connection = Database.connect();
                ResultSet rows = connection.createStatement().executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static Throwable failureOfUni(Supplier<Uni<Void>> work) {
        return failureOf(() -> VertxContextSupport.subscribeAndAwait(work));
    }

    private interface Failing {
        void run() throws Throwable;
    }

    private static Throwable failureOf(Failing failing) {
        try {
            failing.run();
        } catch (Throwable failure) {
            return failure;
        }
        throw new AssertionError("nothing failed");
    }

    private static String stateOf(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof DatabaseException sql) {
                return sql.getSqlState();
            }
            if (cause instanceof SQLException sql) {
                return sql.getSQLState();
            }
        }
        return "none";
    }

    private static void unchecked(Action action) {
        try {
            action.run();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static Throwable ended(io.vertx.core.Future<?> future) throws Exception {
        var ended = new CountDownLatch(1);
        future.onComplete(any -> ended.countDown());
        assertTrue(ended.await(30, TimeUnit.SECONDS));
        return future.cause();
    }

    private static Step sql(String text) {
        return new Sql(text);
    }

    private static Step raise(String state) {
        return sql("SELECT fail_with('" + state + "')");
    }

    private static String insert(UUID id) {
        return "INSERT INTO sample VALUES ('" + id + "', '" + id + "', 'a')";
    }

    private static String update(UUID id) {
        return "UPDATE sample SET name = 'b' WHERE id = '" + id + "'";
    }
}

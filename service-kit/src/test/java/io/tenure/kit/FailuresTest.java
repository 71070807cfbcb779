package io.tenure.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.vertx.VertxContextSupport;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Asks a real PostgreSQL for each failure, through each of the three ways in which services talk to it. */
@KitTest
class FailuresTest {

    @Inject
    Pool pool;

    @Inject
    io.vertx.mutiny.core.Vertx vertx;

    /** What makes the server refuse, and the SQLSTATE that it says so with. */
    enum Refused {
        READ_ONLY("25006", "SET TRANSACTION READ ONLY", "INSERT INTO sample VALUES (gen_random_uuid())"),
        STATEMENT_TIMEOUT("57014", "SET LOCAL statement_timeout = 20", "SELECT pg_sleep(60)"),
        LOCK_TIMEOUT("55P03", "SET LOCAL lock_timeout = 20", "LOCK TABLE sample IN ACCESS EXCLUSIVE MODE"),
        DISK_FULL("53100", "SELECT 1", "SELECT fail_with('53100')"),
        TOO_MANY_CONNECTIONS("53300", "SELECT 1", "SELECT fail_with('53300')"),
        SERIALIZATION("40001", "SELECT 1", "SELECT fail_with('40001')"),
        DEADLOCK("40P01", "SELECT 1", "SELECT fail_with('40P01')"),
        DISK_BROKEN("58030", "SELECT 1", "SELECT fail_with('58030')"),
        STARTING("57P03", "SELECT 1", "SELECT fail_with('57P03')");

        final String state;
        final String before;
        final String statement;

        Refused(String state, String before, String statement) {
            this.state = state;
            this.before = before;
            this.statement = statement;
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatTheServerCannotDoNowIsAnOutage(Refused refused) throws Exception {
        try (Connection holder = Database.connect();
                var lock = holder.createStatement()) {
            if (refused == Refused.LOCK_TIMEOUT) {
                holder.setAutoCommit(false);
                lock.execute("LOCK TABLE sample IN ROW EXCLUSIVE MODE");
            }
            for (Throwable failure : inEachWay(refused.before, refused.statement)) {
                assertTrue(Failures.isOutage(failure), failure + " of " + refused);
                assertTrue(Failures.isOutage(new CompletionException(new IllegalStateException(failure))));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO sample (id, name) SELECT id, name FROM (VALUES (gen_random_uuid(), 'twice')) AS one (id, name), (VALUES (1), (2)) AS two (n)",
                "SELECT CAST('twelve' AS integer)",
                "SELECT nothing FROM sample",
                "SELECT FROM flyway_schema_history",
                "SELECT fail_with('P0001')"
            })
    void whatIsWrongIsADefect(String statement) {
        for (Throwable failure : inEachWay("SELECT 1", statement)) {
            assertFalse(Failures.isOutage(failure), failure.toString());
        }
    }

    @Test
    void aConnectionThatIsCutIsAnOutage() throws Exception {
        Throwable reactive = failureOf(() -> pool.withTransaction(connection -> connection
                .query("SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(5)")
                .execute()));
        assertTrue(Failures.isOutage(reactive), reactive.toString());
        Throwable hibernate = failureOf(
                () -> Panache.withTransaction(() -> Panache.getSession().flatMap(session -> session.createNativeQuery(
                                "SELECT CAST(pg_terminate_backend(pg_backend_pid()) AS text), CAST(pg_sleep(5) AS text)")
                        .getSingleResult())));
        assertTrue(Failures.isOutage(hibernate), hibernate.toString());
        try (Connection jdbc = Database.connect();
                var statement = jdbc.createStatement()) {
            SQLException cut = assertThrows(
                    SQLException.class,
                    () -> statement.execute("SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(5)"));
            assertTrue(Failures.isOutage(cut), cut.toString());
        }
    }

    @Test
    void aPasswordThatWasRotatedIsAnOutage() throws Exception {
        SQLException jdbc = assertThrows(SQLException.class, () -> Database.connect("lifecycle", "the old one"));
        assertEquals("28P01", jdbc.getSQLState());
        assertTrue(Failures.isOutage(jdbc));
        Throwable reactive = connecting(options().setUser("lifecycle").setPassword("the old one"));
        assertTrue(Failures.isOutage(reactive), reactive.toString());
    }

    @Test
    void aServerThatIsNotThereIsAnOutage() throws Exception {
        int nobody;
        try (ServerSocket closed = new ServerSocket(0)) {
            nobody = closed.getLocalPort();
        }
        Throwable reactive = connecting(options().setHost("127.0.0.1").setPort(nobody));
        assertTrue(Failures.isOutage(reactive), reactive.toString());
        Throwable unknown = connecting(options().setHost("database.invalid"));
        assertTrue(Failures.isOutage(unknown), unknown.toString());
        try (var jdbc = new org.postgresql.Driver()
                .connect("jdbc:postgresql://127.0.0.1:" + nobody + "/lifecycle", new java.util.Properties())) {
            throw new AssertionError("somebody listens on " + nobody);
        } catch (SQLException refused) {
            assertTrue(Failures.isOutage(refused), refused.toString());
        }
    }

    /** As when a process ends in order while it handles a record: the record must be kept, not put aside. */
    @Test
    void aPoolThatIsClosedIsAnOutage() {
        var closed = PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(1))
                .connectingTo(options())
                .using(vertx.getDelegate())
                .build();
        closed.close().toCompletionStage().toCompletableFuture().join();
        Pool mutiny = Pool.newInstance(closed);
        for (Uni<?> use :
                List.of(mutiny.getConnection(), mutiny.query("SELECT 1").execute(), mutiny.withTransaction(c -> c.query(
                                "SELECT 1")
                        .execute()))) {
            Throwable failure = failureOf(() -> use);
            assertTrue(Failures.isOutage(failure), failure.toString());
        }
    }

    /** Jackson's failures, and those of our own files, are IOExceptions too. */
    @Test
    void aDefectIsNoneHoweverItIsWrapped() {
        Throwable json = assertThrows(IOException.class, () -> new ObjectMapper().readTree("{"));
        Throwable file = assertThrows(IOException.class, () -> Files.readString(Path.of("target/is-not-there")));
        for (Throwable defect : List.of(
                json,
                file,
                new UncheckedIOException((IOException) file),
                new CompletionException(json),
                new IllegalStateException("wrong"),
                new IllegalArgumentException("Timeout must be positive"))) {
            assertFalse(Failures.isOutage(defect), defect.toString());
        }
        Exception circle = new Exception();
        circle.initCause(new Exception(circle));
        assertFalse(Failures.isOutage(circle));
    }

    private List<Throwable> inEachWay(String before, String statement) {
        Throwable reactive = failureOf(() -> pool.withTransaction(
                connection -> connection.query(before).execute().chain(() -> connection
                        .preparedQuery(statement)
                        .execute())));
        Throwable hibernate = failureOf(
                () -> Panache.withTransaction(() -> Panache.getSession().flatMap(session -> Multi.createFrom()
                        .items(before, statement)
                        .onItem()
                        .transformToUniAndConcatenate(sql -> sql.startsWith("SELECT")
                                ? session.createNativeQuery(textual(sql)).getResultList()
                                : session.createNativeQuery(sql).executeUpdate())
                        .collect()
                        .last())));
        SQLException jdbc = assertThrows(SQLException.class, () -> {
            try (Connection connection = Database.connect();
                    var one = connection.createStatement()) {
                connection.setAutoCommit(false);
                one.execute(before);
                one.execute(statement);
            }
        });
        return List.of(reactive, hibernate, jdbc);
    }

    /** Hibernate does not know the type void. */
    private static String textual(String sql) {
        return sql.equals("SELECT pg_sleep(60)") ? "SELECT CAST(pg_sleep(60) AS text)" : sql;
    }

    private static <T> Throwable failureOf(Supplier<Uni<T>> work) {
        return assertThrows(Throwable.class, () -> VertxContextSupport.subscribeAndAwait(work));
    }

    private Throwable connecting(PgConnectOptions options) {
        var one = Pool.newInstance(PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(1))
                .connectingTo(options)
                .using(vertx.getDelegate())
                .build());
        try {
            return failureOf(() -> one.query("SELECT 1").execute());
        } finally {
            one.closeAndAwait();
        }
    }

    private static PgConnectOptions options() {
        var config = org.eclipse.microprofile.config.ConfigProvider.getConfig();
        return new PgConnectOptions()
                .setHost(config.getValue("tenure.db.host", String.class))
                .setPort(config.getValue("tenure.db.port", Integer.class))
                .setDatabase(config.getValue("tenure.db.name", String.class))
                .setUser(config.getValue("quarkus.datasource.username", String.class))
                .setPassword(config.getValue("tenure.db.password", String.class));
    }
}

package io.tenure.kit;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.vertx.VertxContextSupport;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.sample.Sample;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.TransactionRollbackException;
import jakarta.inject.Inject;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

@KitTest
class UnitOfWorkTest {

    private final UUID id = Ids.next();
    private final List<Long> seen = new CopyOnWriteArrayList<>();
    private final Runnable follower = () -> pool().preparedQuery("SELECT count(*) FROM sample WHERE id = $1")
            .execute(Tuple.of(id))
            .subscribe()
            .with(rows -> seen.add(rows.iterator().next().getLong(0)));

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    Pool pool;

    @Test
    void aFollowerSeesWhatWasCommitted() {
        run(() -> insert().invoke(() -> unitOfWork.afterCommit(follower)));

        await().until(() -> !seen.isEmpty());
        assertEquals(List.of(1L), seen);
    }

    @Test
    void aFollowerRunsOnceHoweverOftenItIsGiven() {
        List<String> ran = new CopyOnWriteArrayList<>();
        Runnable once = () -> ran.add("once");
        run(() -> insert().invoke(() -> {
            unitOfWork.afterCommit(once);
            unitOfWork.afterCommit(once);
        }));

        assertEquals(List.of("once"), ran);
    }

    @Test
    void anInnerUnitOfWorkLeavesFollowersToTheOuterOne() {
        List<String> order = new CopyOnWriteArrayList<>();
        run(() -> unitOfWork
                .run(() -> insert().invoke(() -> unitOfWork.afterCommit(() -> order.add("follower"))))
                .invoke(() -> order.add("inner")));

        assertEquals(List.of("inner", "follower"), order);
    }

    @Test
    void nothingFollowsARollback() {
        List<String> ran = new CopyOnWriteArrayList<>();
        assertThrows(
                IllegalStateException.class,
                () -> run(() -> insert().invoke(() -> unitOfWork.afterCommit(() -> ran.add("never")))
                        .invoke(() -> {
                            throw new IllegalStateException("no");
                        })));
        run(this::insert);

        assertEquals(List.of(), ran);
    }

    @Test
    void plainSqlIsThereAfterwardsAndFollowed() {
        assertEquals("done", runSql(connection -> insert(connection)
                .invoke(() -> unitOfWork.afterCommit(follower))
                .replaceWith("done")));

        await().until(() -> !seen.isEmpty());
        assertEquals(List.of(1L), seen);
    }

    @Test
    void theFirstStatementOfPlainSqlIsInTheTransactionAlready() {
        var failure = assertThrows(
                IllegalStateException.class,
                () -> runSql(connection -> insert(connection).invoke(() -> {
                    throw new IllegalStateException("changed its mind");
                })));

        assertEquals("changed its mind", failure.getMessage());
        assertNothingIsLeft();
    }

    @Test
    void plainSqlThatFailsBeforeItsFirstStatementLeavesNoTransactionOpen() {
        assertThrows(
                IllegalStateException.class,
                () -> runSql(connection -> {
                    throw new IllegalStateException("at once");
                }));

        assertNothingIsLeft();
    }

    @Test
    void aStatementThatFailsTakesAllOfPlainSqlBack() {
        assertThrows(
                PgException.class,
                () -> runSql(connection -> insert(connection)
                        .chain(() -> connection.query("SELECT 1 / 0").execute())));

        assertNothingIsLeft();
    }

    @Test
    void aFailedStatementIsNotForgottenByTheCommit() {
        assertThrows(
                TransactionRollbackException.class,
                () -> runSql(connection -> insert(connection)
                        .chain(() -> connection.query("SELECT 1 / 0").execute())
                        .onFailure()
                        .recoverWithNull()));

        assertNothingIsLeft();
    }

    @Test
    void aRefusedCommitOfPlainSqlIsAFailure() {
        var refused = assertThrows(
                PgException.class,
                () -> runSql(connection -> insert(connection).chain(() -> connection
                        .preparedQuery("INSERT INTO sample_once VALUES ($1), ($1)")
                        .execute(Tuple.of(id)))));

        assertEquals("23505", refused.getSqlState(), "unique_violation");
        assertNothingIsLeft();
    }

    @Test
    void aConnectionThatIsLostAtTheCommitLeavesTheOutcomeOpen() {
        for (Supplier<Uni<?>> work : commands("cut")) {
            Database.cutTheNextCommit();
            assertInstanceOf(CommitUnknownException.class, failureOf(work));
        }
    }

    /** Hibernate sends the INSERT when it flushes, on its way to the COMMIT. */
    @Test
    void aConnectionThatIsLostBeforeTheCommitHasChangedNothing() {
        for (Supplier<Uni<?>> work : commands("cut at once")) {
            Throwable failure = failureOf(work);
            assertTrue(Failures.isOutage(failure), failure.toString());
            assertFalse(failure instanceof CommitUnknownException, failure.toString());
        }
        assertNothingIsLeft();
    }

    @Test
    void aCommitThatIsRefusedIsNoOpenOutcome() {
        String twice = "INSERT INTO sample_once VALUES ('" + id + "'), ('" + id + "')";
        Throwable failure = failureOf(() -> unitOfWork.run(() -> Panache.getSession()
                .flatMap(session -> session.createNativeQuery(twice).executeUpdate())));
        assertFalse(failure instanceof CommitUnknownException, failure.toString());
        assertFalse(Failures.isOutage(failure), failure.toString());
    }

    @Test
    void whetherSomethingWasCommittedIsKnownAfterwards() {
        assertEquals(false, committedAfter(() -> Uni.createFrom().voidItem()));
        assertEquals(
                false,
                committedAfter(() -> unitOfWork.run(() -> Uni.createFrom().failure(new IllegalStateException("no")))));
        assertEquals(true, committedAfter(() -> unitOfWork.run(this::insert).invoke(() -> {
            throw new IllegalStateException("while the answer was made");
        })));
    }

    private static boolean committedAfter(Supplier<Uni<?>> work) {
        return awaited(() -> Uni.createFrom()
                .deferred(() -> work.get().replaceWithVoid())
                .onItemOrFailure()
                .transform((done, failure) -> UnitOfWork.hasCommitted()));
    }

    /** The same row by Hibernate and by plain SQL. */
    private List<Supplier<Uni<?>>> commands(String name) {
        return List.of(
                () -> unitOfWork.run(() -> insert(name)),
                () -> unitOfWork.runSql(connection -> connection
                        .preparedQuery("INSERT INTO sample (id, tenant_id, name) VALUES ($1, $1, $2)")
                        .execute(Tuple.of(Ids.next(), name))));
    }

    /** Null if nothing failed. */
    private static Throwable failureOf(Supplier<Uni<?>> work) {
        return awaited(() -> Uni.createFrom()
                .deferred(() -> work.get().replaceWithVoid())
                .onItemOrFailure()
                .transform((done, failure) -> failure));
    }

    private static Uni<Void> insert(String name) {
        Sample row = new Sample();
        row.id = Ids.next();
        row.tenantId = row.id;
        row.name = name;
        return Panache.getSession().flatMap(session -> session.persist(row));
    }

    private Pool pool() {
        return pool;
    }

    private Uni<Void> insert() {
        Sample row = new Sample();
        row.id = id;
        row.tenantId = id;
        row.name = "a";
        return Panache.getSession().flatMap(session -> session.persist(row));
    }

    private Uni<Void> insert(SqlConnection connection) {
        return connection
                .preparedQuery("INSERT INTO sample (id, tenant_id, name) VALUES ($1, $1, 'a')")
                .execute(Tuple.of(id))
                .replaceWithVoid();
    }

    /** No row, and no transaction: the relay's own come and go, one that was left open stays. */
    private void assertNothingIsLeft() {
        assertEquals(0, count("SELECT FROM sample WHERE id = '" + id + "'"));
        await().until(() -> count("SELECT FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND state LIKE 'idle in transaction%'")
                == 0);
    }

    /** The pool may still hold a connection that a test has cut, and gives it away once. */
    private int count(String sql) {
        return pool.query(sql)
                .execute()
                .onFailure(Failures::isOutage)
                .retry()
                .atMost(5)
                .await()
                .indefinitely()
                .rowCount();
    }

    private <T> T run(Supplier<Uni<T>> work) {
        return awaited(() -> unitOfWork.run(work));
    }

    private <T> T runSql(Function<SqlConnection, Uni<T>> work) {
        return awaited(() -> unitOfWork.runSql(work));
    }

    private static <T> T awaited(Supplier<Uni<T>> work) {
        try {
            return VertxContextSupport.subscribeAndAwait(work);
        } catch (RuntimeException failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new AssertionError(failure);
        }
    }
}

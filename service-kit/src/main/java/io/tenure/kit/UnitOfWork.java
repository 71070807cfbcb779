package io.tenure.kit;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.tuples.Tuple2;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Transaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.hibernate.FlushMode;

/** One database transaction in which state changes and the events that tell of them are committed together. */
@ApplicationScoped
public class UnitOfWork {

    private static final String FOLLOWERS = UnitOfWork.class.getName() + ".followers";
    private static final String COMMITTED = UnitOfWork.class.getName() + ".committed";

    private final Pool pool;

    UnitOfWork(Pool pool) {
        this.pool = pool;
    }

    /**
     * Runs {@code work} in a transaction, and once it is committed what {@link #afterCommit} was given. Inside another
     * unit of work, joins it.
     *
     * @return what {@code work} returned, after the commit; on a failure everything is rolled back, but for
     *     {@link CommitUnknownException}
     */
    public <T> Uni<T> run(Supplier<Uni<T>> work) {
        return Uni.createFrom()
                .deferred(() -> followers() != null ? Panache.withTransaction(work) : followed(() -> inSession(work)));
    }

    /**
     * Flushes first, so that only the COMMIT itself is left: a connection lost before it changes nothing. Hibernate is
     * told not to look for changes once more.
     */
    private static <T> Uni<T> inSession(Supplier<Uni<T>> work) {
        AtomicBoolean committing = new AtomicBoolean();
        return Panache.withTransaction(() -> work.get()
                        .call(() -> Panache.getSession().flatMap(session -> session.flush()
                                .invoke(() -> session.setFlushMode(FlushMode.MANUAL))))
                        .invoke(() -> committing.set(true)))
                .onFailure(failure -> committing.get() && Failures.isConnectionLost(failure))
                .transform(CommitUnknownException::new);
    }

    /**
     * The same for work with plain SQL: a transaction of its own without a session. What it issues on the connection
     * without waiting is sent at once and runs in that order, its first statements together with the BEGIN.
     */
    public <T> Uni<T> runSql(Function<SqlConnection, Uni<T>> work) {
        return Uni.createFrom().deferred(() -> followed(() -> runAlone(pool, work)));
    }

    /** The same for pollers, without {@link #afterCommit}. */
    public static <T> Uni<T> runAlone(Pool pool, Function<SqlConnection, Uni<T>> work) {
        return pool.withConnection(connection -> inSql(connection, work));
    }

    /**
     * What {@link Pool#withTransaction} does, without its wait for the BEGIN. A BEGIN fails only if its connection
     * does, and then so does everything that was sent behind it.
     */
    private static <T> Uni<T> inSql(SqlConnection connection, Function<SqlConnection, Uni<T>> work) {
        return Uni.combine()
                .all()
                .unis(connection.begin(), Uni.createFrom().deferred(() -> work.apply(connection)))
                .asTuple()
                .call(begun -> begun.getItem1()
                        .commit()
                        .onFailure(Failures::isConnectionLost)
                        .transform(CommitUnknownException::new))
                .map(Tuple2::getItem2)
                .onFailure()
                .call(() -> rollBack(connection.transaction()));
    }

    /** Null where it ended already, as by a COMMIT that was refused. */
    private static Uni<Void> rollBack(Transaction transaction) {
        return transaction == null
                ? Uni.createFrom().voidItem()
                : transaction.rollback().onFailure().recoverWithNull();
    }

    private static <T> Uni<T> followed(Supplier<Uni<T>> transaction) {
        Context context = Vertx.currentContext();
        if (context == null) {
            return transaction.get();
        }
        Set<Runnable> followers = new LinkedHashSet<>();
        context.putLocal(FOLLOWERS, followers);
        return transaction
                .get()
                .onTermination()
                .invoke(() -> context.removeLocal(FOLLOWERS))
                .invoke(() -> {
                    context.putLocal(COMMITTED, true);
                    followers.forEach(Runnable::run);
                });
    }

    /**
     * Whether a unit of work was committed on the present context, such as a request's: a later failure leaves its
     * change.
     */
    public static boolean hasCommitted() {
        Context context = Vertx.currentContext();
        return context != null && context.getLocal(COMMITTED) != null;
    }

    /**
     * Runs something after the commit of the present unit of work, and not if it is rolled back. Only for what a poll
     * would find later anyway: a process that dies in between does not run it, and outside a unit of work it is
     * dropped.
     *
     * @param follower returns at once; given several times, it is run once
     */
    public void afterCommit(Runnable follower) {
        Set<Runnable> followers = followers();
        if (followers != null) {
            followers.add(follower);
        }
    }

    /** Null outside a unit of work. */
    private static Set<Runnable> followers() {
        Context context = Vertx.currentContext();
        return context == null ? null : context.getLocal(FOLLOWERS);
    }
}

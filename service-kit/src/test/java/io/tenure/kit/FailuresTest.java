package io.tenure.kit;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.PoolOptions;
import java.util.concurrent.TimeUnit;
import org.hibernate.HibernateException;
import org.junit.jupiter.api.Test;

class FailuresTest {

    @Test
    void aServerThatIsAwayIsAnOutage() {
        assertTrue(Failures.isOutage(new java.net.ConnectException("refused")));
        assertTrue(Failures.isOutage(new HibernateException(new java.io.IOException("reset"))));
        assertTrue(Failures.isOutage(new PgException("shutting down", "FATAL", "57P01", null)));
    }

    /** As when a process ends in order while it handles a record: the record must be kept, not put aside. */
    @Test
    void aPoolThatIsClosedIsAnOutage() throws InterruptedException {
        Vertx vertx = Vertx.vertx();
        try {
            var pool = PgBuilder.pool()
                    .with(new PoolOptions().setMaxSize(1))
                    .connectingTo(new PgConnectOptions().setHost("127.0.0.1"))
                    .using(vertx)
                    .build();
            await(pool.close());
            assertTrue(Failures.isOutage(await(pool.getConnection())));
            assertTrue(Failures.isOutage(await(pool.query("SELECT 1").execute())));
            assertTrue(Failures.isOutage(
                    await(pool.withTransaction(c -> c.query("SELECT 1").execute()))));
        } finally {
            await(vertx.close());
        }
    }

    @Test
    void aMistakeIsNone() {
        assertFalse(Failures.isOutage(new IllegalStateException("wrong")));
        assertFalse(Failures.isOutage(new PgException("duplicate key", "ERROR", "23505", null)));
    }

    private static Throwable await(io.vertx.core.Future<?> future) throws InterruptedException {
        var ended = new java.util.concurrent.CountDownLatch(1);
        future.onComplete(any -> ended.countDown());
        assertTrue(ended.await(30, TimeUnit.SECONDS));
        return future.cause();
    }
}

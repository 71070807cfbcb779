package io.tenure.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.vertx.VertxContextSupport;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@KitTest
class ClockKeeperTest {

    /** More than any round trip of a test, and less than any clock here is off. */
    private static final Duration CLOSE = Duration.ofMinutes(1);

    @Inject
    Pool pool;

    @Inject
    Vertx vertx;

    @Inject
    MeterRegistry metrics;

    @Inject
    Clock injected;

    @ParameterizedTest
    @ValueSource(ints = {1, -1})
    void aReplicaWhoseOwnClockIsADayOffTellsTheDatabasesTime(int days) throws Throwable {
        var meters = new SimpleMeterRegistry();
        var keeper = keeper(meters, Clock.offset(Clock.systemUTC(), Duration.ofDays(days)));
        VertxContextSupport.subscribeAndAwait(keeper::ask);

        assertClose(database(), keeper.clock().instant());
        double offset = meters.get("tenure.clock.offset").gauge().value();
        assertEquals(days * Duration.ofDays(1).toSeconds(), offset, CLOSE.toSeconds());
    }

    @Test
    void goesOnWhileTheDatabaseTakesNobody() throws Throwable {
        var keeper = keeper(new SimpleMeterRegistry(), Clock.offset(Clock.systemUTC(), Duration.ofDays(1)));
        VertxContextSupport.subscribeAndAwait(keeper::ask);
        Instant before = keeper.clock().instant();

        Database.whileFull(() -> {
            assertThrows(Exception.class, () -> VertxContextSupport.subscribeAndAwait(keeper::ask));
            assertClose(before, keeper.clock().instant());
        });
        assertTrue(keeper.clock().instant().isAfter(before));
        assertClose(database(), keeper.clock().instant());
    }

    @Test
    void theClockOfTheServiceIsTheDatabases() throws SQLException {
        assertInstanceOf(AnchoredClock.class, injected);
        assertClose(database(), injected.instant());
        assertEquals(0, metrics.get("tenure.clock.offset").gauge().value(), CLOSE.toSeconds());
    }

    private ClockKeeper keeper(MeterRegistry meters, Clock own) {
        return new ClockKeeper(pool, vertx, meters, own, System::nanoTime);
    }

    private static void assertClose(Instant expected, Instant actual) {
        assertTrue(
                Duration.between(expected, actual).abs().compareTo(CLOSE) < 0,
                () -> "the database says " + expected + ", the clock " + actual);
    }

    private static Instant database() throws SQLException {
        try (var connection = Database.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT clock_timestamp()")) {
            rows.next();
            return rows.getObject(1, OffsetDateTime.class).toInstant();
        }
    }
}

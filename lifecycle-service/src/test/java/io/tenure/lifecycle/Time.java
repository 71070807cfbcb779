package io.tenure.lifecycle;

import io.tenure.kit.testing.MovableClock;
import jakarta.enterprise.inject.spi.CDI;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;

/** The database's clock, which tests can move. The service's goes with it. */
public final class Time {

    private Time() {}

    /** Lets time pass, for the whole database. */
    public static void advance(Duration by) {
        try (var connection = Story.connect();
                var update =
                        connection.prepareStatement("UPDATE test_time SET shift = shift + make_interval(secs => ?)")) {
            update.setDouble(1, by.toMillis() / 1000.0);
            // First, because the gate acts as soon as the database's has moved.
            CDI.current().select(MovableClock.class).get().advance(by);
            update.executeUpdate();
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    public static Instant now() {
        try (var connection = Story.connect();
                var rows = connection.createStatement().executeQuery("SELECT present_time()")) {
            rows.next();
            return rows.getObject(1, OffsetDateTime.class).toInstant();
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }
}

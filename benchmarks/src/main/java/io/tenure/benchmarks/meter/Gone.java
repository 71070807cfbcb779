package io.tenure.benchmarks.meter;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;

/** Waits, from outside, until a service has taken rows away. */
public final class Gone {

    private static final Duration LIMIT = Duration.ofMinutes(4);

    private Gone() {}

    /**
     * Returns when the query finds nothing.
     *
     * @param pollMillis between two looks: how exactly a time that ends here is known
     * @throws IllegalStateException when it still finds something after four minutes
     */
    public static void await(PreparedStatement query, long pollMillis) throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try (var rows = query.executeQuery()) {
                if (!rows.next()) {
                    return;
                }
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("After " + LIMIT + " there still is what this finds: " + query);
            }
            Thread.sleep(pollMillis);
        }
    }
}

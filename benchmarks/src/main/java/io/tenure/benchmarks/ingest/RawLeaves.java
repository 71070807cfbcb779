package io.tenure.benchmarks.ingest;

import io.tenure.benchmarks.run.Bench;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/**
 * The audit log's rows through COPY into a table of the same columns, constraints and indexes: what a database needs for
 * them at least. Tree, tiles and checkpoints are left out.
 */
final class RawLeaves implements AutoCloseable {

    static final String COPY = "COPY raw_leaf FROM STDIN (FORMAT binary)";

    private static final int BUFFER = 64 * 1024;

    private final Connection connection;
    private final Path file;
    private long next;

    /** Makes the table, empty. @param next the first row of the log that is copied */
    RawLeaves(Bench bench, long next) throws SQLException {
        this.next = next;
        this.file = bench.scratch().resolve("leaves.copy");
        this.connection = bench.connectAsOwner(AuditFeed.SERVICE);
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE raw_leaf (LIKE leaf INCLUDING ALL)");
        }
        connection.commit();
    }

    /** Copies the log's next rows in one transaction; they stay, as the log's do. @return rows a second */
    double perSecond(int count) throws SQLException, IOException {
        var copy = connection.unwrap(PGConnection.class).getCopyAPI();
        try (var out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER)) {
            copy.copyOut(
                    "COPY (SELECT * FROM leaf WHERE index >= %d AND index < %d ORDER BY index) TO STDOUT (FORMAT binary)"
                            .formatted(next, next + count),
                    out);
        }
        connection.commit();
        next += count;
        try (var in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
            long began = System.nanoTime();
            long copied = copy.copyIn(COPY, in, BUFFER);
            connection.commit();
            double seconds = (System.nanoTime() - began) / 1e9;
            if (copied != count) {
                throw new IllegalStateException(copied + " of " + count + " rows were copied");
            }
            return count / seconds;
        }
    }

    @Override
    public void close() throws SQLException, IOException {
        connection.close();
        Files.deleteIfExists(file);
    }
}

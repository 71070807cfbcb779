package io.tenure.benchmarks.debezium;

import io.tenure.benchmarks.run.Bench;
import io.tenure.local.server.Ports;
import io.tenure.local.server.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;

/** A PostgreSQL server of its own with an outbox, whose log can be read logically, as Debezium needs it. */
final class LogicalPostgres implements AutoCloseable {

    private static final String USER = "postgres";
    private static final String TABLES = "service-kit/src/main/resources/db/kit/V1__outbox_and_inbox.sql";

    private final PostgresServer server;
    private final String password;

    private LogicalPostgres(PostgresServer server, String password) {
        this.server = server;
        this.password = password;
    }

    /** Starts it on fresh data. */
    static LogicalPostgres start(Bench bench) throws IOException, SQLException {
        var password = UUID.randomUUID().toString();
        var dir = Files.createTempDirectory(bench.scratch(), "logical");
        var server = new PostgresServer(new PostgresServer.Config(
                bench.platform().layout().programs(),
                dir,
                dir.resolve("postgresql.log"),
                null,
                Ports.free(),
                password,
                true));
        server.start();
        var postgres = new LogicalPostgres(server, password);
        try {
            try (var connection = postgres.connect();
                    var statement = connection.createStatement()) {
                statement.execute("ALTER SYSTEM SET wal_level = 'logical'");
                statement.execute(Files.readString(bench.root().resolve(TABLES)).replace("${runtime}", USER));
            }
            server.stop();
            server.start();
        } catch (SQLException | IOException | RuntimeException e) {
            server.stop();
            throw e;
        }
        return postgres;
    }

    Connection connect() throws SQLException {
        return server.connect(USER, password, USER);
    }

    /** Its address in Debezium's words. */
    Map<String, String> address() {
        return Map.of(
                "database.hostname", "127.0.0.1",
                "database.port", Integer.toString(server.port()),
                "database.dbname", USER,
                "database.user", USER,
                "database.password", password);
    }

    @Override
    public void close() {
        server.stop();
    }
}

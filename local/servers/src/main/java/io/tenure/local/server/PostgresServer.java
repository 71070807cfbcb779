package io.tenure.local.server;

import io.tenure.local.process.ChildProcess;
import io.tenure.local.process.Readiness;
import io.tenure.local.process.Running;
import io.tenure.local.process.StartFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * PostgreSQL 18: from Maven artifacts, as an unprivileged user where this process is root, or a program that runs elsewhere.
 * Passwords are demanded (scram-sha-256).
 */
public final class PostgresServer implements LocalServer {

    /** The role that may do everything. */
    public static final String SUPERUSER = "postgres";

    /**
     * How it runs from Maven artifacts.
     *
     * @param unpacked where the program is unpacked, shared by all servers of this machine's working copy
     * @param dir its own directory: data and nothing else
     * @param log its log file
     * @param runDir for the pid file, or null
     * @param port where it listens
     * @param superuserPassword of role {@code postgres}; kept by the caller
     * @param durable false for tests only: a crash of the machine then loses data
     */
    public record Config(
            Path unpacked, Path dir, Path log, Path runDir, int port, String superuserPassword, boolean durable) {}

    /**
     * What is the same wherever it runs.
     *
     * @param superuserPassword of {@link #SUPERUSER}, when the data directory is made
     * @param initdb options of {@code initdb}
     * @param server options of {@code postgres}
     */
    public record Settings(String superuserPassword, List<String> initdb, List<String> server) {}

    /** The program, which makes its data directory when it first starts and keeps it from one start to the next. */
    public interface Program {

        /** Starts it so that it can be reached on this port of 127.0.0.1; need not wait until it serves. */
        Running start(int port, Settings settings) throws IOException;
    }

    private final Program program;
    private final int port;
    private final String superuserPassword;
    private final boolean durable;
    private volatile Running running;

    /** A server from Maven artifacts that is not started yet. */
    public PostgresServer(Config config) {
        this(
                new PostgresProcess(config.unpacked(), config.dir(), config.log(), config.runDir()),
                config.port(),
                config.superuserPassword(),
                config.durable());
    }

    /** A server that runs elsewhere and is not started yet; the parameters are those of {@link Config}. */
    public PostgresServer(Program program, int port, String superuserPassword, boolean durable) {
        this.program = program;
        this.port = port;
        this.superuserPassword = superuserPassword;
        this.durable = durable;
    }

    @Override
    public String name() {
        return "postgresql";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void start() throws IOException {
        running = program.start(port, settings());
        Readiness.await(running, Duration.ofSeconds(60), this::serves);
    }

    private Settings settings() {
        var initdb = new ArrayList<>(
                List.of("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"));
        var server = new ArrayList<>(List.of(
                "-c",
                "max_connections=200",
                // Statements may carry what must not be in a log.
                "-c",
                "log_min_error_statement=panic",
                "-c",
                "log_parameter_max_length_on_error=0"));
        if (!durable) {
            initdb.add("--no-sync");
            server.addAll(List.of("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"));
        }
        return new Settings(superuserPassword, initdb, server);
    }

    private boolean serves() throws IOException, SQLException {
        if (!Readiness.listens("127.0.0.1", port)) {
            return false;
        }
        try (var connection = connect(SUPERUSER, superuserPassword, "postgres")) {
            return connection.isValid(5);
        }
    }

    /**
     * Makes sure that a service has its database and its two roles, with these passwords: the owner, which migrates, and
     * the weaker one that runs. Nobody else may connect to the database.
     *
     * @param service name of the database and the runtime role; the owner is {@code <service>_owner}
     */
    public void ensureDatabase(String service, String ownerPassword, String runtimePassword) {
        try (var connection = connect(SUPERUSER, superuserPassword, "postgres");
                var statement = connection.createStatement()) {
            for (var role : Map.of(service + "_owner", ownerPassword, service, runtimePassword)
                    .entrySet()) {
                var verb = exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = ?", role.getKey())
                        ? "ALTER"
                        : "CREATE";
                statement.execute("%s ROLE %s LOGIN PASSWORD '%s'"
                        .formatted(verb, quoted(role.getKey()), role.getValue().replace("'", "''")));
            }
            if (!exists(connection, "SELECT 1 FROM pg_database WHERE datname = ?", service)) {
                statement.execute("CREATE DATABASE %s OWNER %s".formatted(quoted(service), quoted(service + "_owner")));
            }
            statement.execute("REVOKE ALL ON DATABASE %s FROM PUBLIC".formatted(quoted(service)));
            statement.execute("GRANT CONNECT ON DATABASE %s TO %s".formatted(quoted(service), quoted(service)));
        } catch (SQLException e) {
            throw new StartFailure(name(), "refused to make the database of " + service, e);
        }
    }

    /** A connection of any role, for tests and the demo's checks. */
    public Connection connect(String role, String password, String database) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", role);
        properties.setProperty("password", password);
        // Not through DriverManager, which does not see drivers of a test's class loader.
        return new org.postgresql.Driver().connect("jdbc:postgresql://127.0.0.1:" + port + "/" + database, properties);
    }

    private static boolean exists(Connection connection, String query, String name) throws SQLException {
        try (var select = connection.prepareStatement(query)) {
            select.setString(1, name);
            try (var rows = select.executeQuery()) {
                return rows.next();
            }
        }
    }

    private static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    @Override
    public void stop() {
        if (running != null) {
            running.stop(Duration.ofSeconds(20));
        }
    }

    @Override
    public Optional<ChildProcess> process() {
        return running instanceof ChildProcess child ? Optional.of(child) : Optional.empty();
    }
}

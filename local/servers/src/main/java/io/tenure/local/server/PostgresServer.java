package io.tenure.local.server;

import io.tenure.local.process.ChildProcess;
import io.tenure.local.process.Readiness;
import io.tenure.local.process.RunUser;
import io.tenure.local.process.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * PostgreSQL 18 from Maven artifacts, as an unprivileged user where this process is root. Passwords are demanded
 * (scram-sha-256), and there is no Unix socket.
 */
public final class PostgresServer implements LocalServer {

    private static final String SUPERUSER = "postgres";

    /**
     * How it runs.
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

    private final Config config;
    private volatile ChildProcess child;

    /** A server that is not started yet. */
    public PostgresServer(Config config) {
        this.config = config;
    }

    @Override
    public String name() {
        return "postgresql";
    }

    @Override
    public int port() {
        return config.port();
    }

    @Override
    public void start() throws IOException {
        var user = RunUser.unprivileged();
        var home = PostgresBinaries.unpack(user.reachable(config.unpacked()));
        var base = user.reachable(config.dir());
        var data = base.resolve("data");
        if (!Files.exists(data.resolve("PG_VERSION"))) {
            initialise(user, home, base, data);
        }
        user.own(data);
        var command = new ArrayList<>(List.of(
                home.resolve("bin/postgres").toString(),
                "-D",
                data.toString(),
                "-p",
                Integer.toString(config.port()),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "max_connections=200",
                // Statements may carry what must not be in a log.
                "-c",
                "log_min_error_statement=panic",
                "-c",
                "log_parameter_max_length_on_error=0"));
        if (!config.durable()) {
            command.addAll(List.of("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"));
        }
        child = ChildProcess.start(new ChildProcess.Spec(
                name(), user.wrap(command), locale(), base, config.log(), config.runDir(), port(), "INT"));
        Readiness.await(child, Duration.ofSeconds(60), () -> isReady(data));
    }

    private void initialise(RunUser user, Path home, Path base, Path data) throws IOException {
        Files.createDirectories(data);
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
        user.own(data);
        var password = Files.createTempFile(base, "superuser", null);
        try {
            Files.writeString(password, config.superuserPassword() + "\n");
            user.own(password);
            var initdb = new ArrayList<>(List.of(
                    home.resolve("bin/initdb").toString(),
                    "-D",
                    data.toString(),
                    "-U",
                    SUPERUSER,
                    "--pwfile=" + password,
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8"));
            if (!config.durable()) {
                initdb.add("--no-sync");
            }
            var run = ChildProcess.start(
                    new ChildProcess.Spec("initdb", user.wrap(initdb), locale(), base, config.log(), null, 0, "TERM"));
            var status = run.onExit().join();
            if (status != 0) {
                throw new StartFailure("initdb", "ended with status " + status, run.lastLines(15));
            }
        } finally {
            Files.delete(password);
        }
    }

    private static Map<String, String> locale() {
        return Map.of("LC_ALL", "C", "LANG", "C", "TZ", "UTC");
    }

    /** The postmaster writes its state into the eighth line of its pid file. */
    private boolean isReady(Path data) throws IOException {
        var lines = Files.readAllLines(data.resolve("postmaster.pid"));
        return lines.size() > 7 && lines.get(7).strip().equals("ready");
    }

    /**
     * Makes sure that a service has its database and its two roles, with these passwords: the owner, which migrates, and
     * the weaker one that runs. Nobody else may connect to the database.
     *
     * @param service name of the database and the runtime role; the owner is {@code <service>_owner}
     */
    public void ensureDatabase(String service, String ownerPassword, String runtimePassword) {
        try (var connection = connect(SUPERUSER, config.superuserPassword(), "postgres");
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
        return new org.postgresql.Driver()
                .connect("jdbc:postgresql://127.0.0.1:" + config.port() + "/" + database, properties);
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
        if (child != null) {
            child.stop(Duration.ofSeconds(20));
        }
    }

    @Override
    public Optional<ChildProcess> process() {
        return Optional.ofNullable(child);
    }
}

package io.tenure.benchmarks.fill;

import io.tenure.benchmarks.run.Bench;
import io.tenure.benchmarks.run.Running;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Databases that take turns under a running service. Each has a name of its own, and the one in use has the service's:
 * a switch closes the service's connections and renames two databases, and the service connects again. Its code stays
 * as warm as it was, and no checkpoint is forced as a copy would.
 */
public final class SwitchedDatabase implements AutoCloseable {

    private final Connection superuser;
    private final Running service;

    /** The name that the service connects to. */
    private final String live;

    private final List<String> others = new ArrayList<>();

    /** The own name of the one in use. */
    private String inUse;

    /** @param live the service's database and runtime role; what is in it now gets the name {@code <live>_first} */
    public SwitchedDatabase(Bench bench, Running service, String live) throws SQLException {
        this.superuser = bench.connectAsSuperuser("postgres");
        this.service = service;
        this.live = live;
        this.inUse = live + "_first";
        drop(inUse);
    }

    /** Copies the database in use, closing its connections for the moment. @return the copy's name */
    public String copyOfLive(String suffix) throws SQLException {
        shut(live);
        try {
            return copy(live, live + "_" + suffix);
        } finally {
            execute("ALTER DATABASE %s ALLOW_CONNECTIONS true".formatted(live));
        }
    }

    /** Copies a database that nobody is connected to, so many times. @return the copies' names */
    public List<String> copies(String of, int count) throws SQLException {
        var copies = new ArrayList<String>();
        for (int i = 1; i <= count; i++) {
            copies.add(copy(of, of + "_" + i));
        }
        return copies;
    }

    private String copy(String from, String to) throws SQLException {
        drop(to);
        execute("CREATE DATABASE %s OWNER %s_owner TEMPLATE %s STRATEGY FILE_COPY".formatted(to, live, from));
        others.add(to);
        return to;
    }

    /** Puts this one under the service; returns when the service is ready with it. */
    public void use(String name) throws Exception {
        if (name.equals(inUse)) {
            return;
        }
        shut(live);
        execute("ALTER DATABASE %s RENAME TO %s".formatted(live, inUse));
        execute("ALTER DATABASE %s ALLOW_CONNECTIONS true".formatted(inUse));
        others.add(inUse);
        execute("ALTER DATABASE %s RENAME TO %s".formatted(name, live));
        others.remove(name);
        inUse = name;
        service.awaitReady();
    }

    /** Nobody is connected afterwards, nor can be. */
    private void shut(String name) throws SQLException {
        execute("ALTER DATABASE %s ALLOW_CONNECTIONS false".formatted(name));
        try (var terminate = superuser.prepareStatement("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                + " WHERE datname = ? AND backend_type = 'client backend'")) {
            terminate.setString(1, name);
            terminate.executeQuery().close();
        }
    }

    private void drop(String name) throws SQLException {
        execute("DROP DATABASE IF EXISTS %s WITH (FORCE)".formatted(name));
    }

    private void execute(String sql) throws SQLException {
        try (var statement = superuser.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Drops all but the one in use. */
    @Override
    public void close() throws SQLException {
        try (superuser) {
            for (var name : others) {
                drop(name);
            }
        }
    }
}

package io.tenure.kit;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.eclipse.microprofile.config.ConfigProvider;

/** The database under test, from beside the service: a failover as its clients see one. */
public final class Database {

    private static final String CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE usename = current_user AND pid <> pg_backend_pid()";

    private Database() {}

    /** A connection by JDBC. @param user the runtime role, or the owner: {@code <service>_owner} */
    public static Connection connect(String user, String password) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        return new org.postgresql.Driver().connect(config("quarkus.datasource.jdbc.url"), properties);
    }

    /** A connection of the role that the service runs with. */
    public static Connection connect() throws SQLException {
        return connect(config("quarkus.datasource.username"), config("tenure.db.password"));
    }

    /** A connection of the role that may change everything. */
    public static Connection connectAsOwner() throws SQLException {
        return connect(config("quarkus.flyway.username"), config("tenure.db.owner-password"));
    }

    /** Like a primary that became a standby: connections are cut, and new ones can only read. */
    public static void becomeReadOnly() {
        asOwner("ALTER DATABASE \"" + config("tenure.db.name") + "\" SET default_transaction_read_only = on");
        cutConnections();
    }

    /** Like the new primary: connections are cut, and new ones can write. */
    public static void becomeWritable() {
        asOwner("ALTER DATABASE \"" + config("tenure.db.name") + "\" RESET default_transaction_read_only");
        cutConnections();
    }

    /** The next commit of a sample named "cut" loses its connection. */
    public static void cutTheNextCommit() {
        try (Connection connection = connect()) {
            execute(connection, "SELECT setval('cuts', 1, false)");
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Ends every connection of the service. */
    public static void cutConnections() {
        try (Connection connection = connect()) {
            execute(connection, CUT);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** What a test does while the database is disturbed. */
    public interface Meanwhile {
        void run() throws Exception;
    }

    /** Runs something while there is no room for further connections, and the service has none. */
    public static void whileFull(Meanwhile meanwhile) throws Exception {
        String limit = "ALTER DATABASE \"" + config("tenure.db.name") + "\" CONNECTION LIMIT ";
        try (Connection owner = connectAsOwner();
                Connection own = connect()) {
            execute(owner, limit + "0");
            execute(own, CUT);
            try {
                meanwhile.run();
            } finally {
                execute(owner, limit + "-1");
            }
        }
    }

    /** Runs something while the password is not the one that the service has, and it has no connection. */
    public static void whileThePasswordIsAnother(Meanwhile meanwhile) throws Exception {
        String rotate = "ALTER ROLE \"" + config("quarkus.datasource.username") + "\" PASSWORD ";
        try (Connection own = connect()) {
            execute(own, rotate + "'another'");
            execute(own, CUT);
            try {
                meanwhile.run();
            } finally {
                execute(own, rotate + "'" + config("tenure.db.password") + "'");
            }
        }
    }

    /** One statement by JDBC. */
    public static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void asOwner(String sql) {
        try (Connection connection = connectAsOwner();
                var statement = connection.createStatement()) {
            // The owner's sessions are read-only, too.
            statement.execute("SET default_transaction_read_only = off");
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static String config(String name) {
        return ConfigProvider.getConfig().getValue(name, String.class);
    }
}

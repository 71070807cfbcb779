package io.tenure.credential;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

/** Direct access to the service's database. */
public final class Database {

    private Database() {}

    /** Queries as the owner, which may see everything. Each row is its columns as text. */
    public static List<List<String>> query(String sql, Object... parameters) {
        try (Connection connection = connect("_owner", "tenure.db.owner-password");
                var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            List<List<String>> rows = new ArrayList<>();
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    List<String> row = new ArrayList<>();
                    for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                        row.add(found.getString(i));
                    }
                    rows.add(row);
                }
            }
            return rows;
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** One value as text; null if the value is null or there is no row. */
    public static String value(String sql, Object... parameters) {
        List<List<String>> rows = query(sql, parameters);
        return rows.isEmpty() ? null : rows.getFirst().getFirst();
    }

    /** Makes all waiting tasks of a tenant due. */
    public static void timePasses(UUID tenantId) {
        query("UPDATE task SET due_at = now() WHERE tenant_id = ? RETURNING id", tenantId);
    }

    /** Postpones a tenant's waiting tasks by an hour, except those being worked on. @return how many tasks */
    public static int postpone(UUID tenantId) {
        return query(
                        "UPDATE task SET due_at = now() + interval '1 hour'"
                                + " WHERE tenant_id = ? AND attempts > 0 AND leased_until IS NULL RETURNING id",
                        tenantId)
                .size();
    }

    /** As the role that the service runs as. */
    public static void executeAsRuntime(String sql) throws SQLException {
        try (Connection connection = connect("", "tenure.db.password");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Connection connect(String suffix, String password) throws SQLException {
        Config config = ConfigProvider.getConfig();
        Properties properties = new Properties();
        properties.setProperty("user", "credential" + suffix);
        properties.setProperty("password", config.getValue(password, String.class));
        return new org.postgresql.Driver()
                .connect(config.getValue("quarkus.datasource.jdbc.url", String.class), properties);
    }
}

package io.tenure.audit.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tenure.audit.AuditTest;
import io.tenure.local.testing.TestInfra;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@AuditTest
class AppendOnlyTest {

    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    private static final String RESTRICT_VIOLATION = "23001";

    @ConfigProperty(name = "tenure.db.password")
    String runtimePassword;

    @ConfigProperty(name = "tenure.db.owner-password")
    String ownerPassword;

    TestInfra infra;

    @ParameterizedTest
    @CsvSource({"log,origin", "leaf,type", "tile,hashes", "tile_part,hashes", "checkpoint,note"})
    void neitherTheServiceNorTheOwnerChangesWhatWasLogged(String table, String column) throws SQLException {
        for (String change : new String[] {
            "UPDATE " + table + " SET " + column + " = " + column + " WHERE false",
            "DELETE FROM " + table,
            "TRUNCATE " + table
        }) {
            assertEquals(INSUFFICIENT_PRIVILEGE, refusal("audit", runtimePassword, change), change);
            assertEquals(RESTRICT_VIOLATION, refusal("audit_owner", ownerPassword, change), change);
        }
    }

    private String refusal(String role, String password, String change) throws SQLException {
        try (Connection connection = infra.postgres().connect(role, password, "audit");
                Statement statement = connection.createStatement()) {
            SQLException refused = assertThrows(SQLException.class, () -> statement.execute(change), change);
            assertTrue(refused.getMessage().contains("denied")
                    || refused.getMessage().contains("append-only"));
            return refused.getSQLState();
        }
    }
}

package io.tenure.benchmarks.fill;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Many rows in little time: into tables without keys and indexes, which are then made over all rows at once, instead of
 * a page here and there for each row. For a database that no service uses meanwhile.
 */
public final class BulkFill {

    private BulkFill() {}

    /**
     * Fills the tables, and leaves them vacuumed, with statistics, and with all keys and indexes that were there.
     *
     * @param superuser a connection that may change every table
     * @param statements what fills them, in order
     */
    public static void run(Connection superuser, List<String> statements) throws SQLException {
        try (var statement = superuser.createStatement()) {
            var back = withoutIndexes(statement);
            for (var sql : statements) {
                statement.execute(sql);
            }
            statement.execute("SET maintenance_work_mem = '256MB'");
            for (var sql : back) {
                statement.execute(sql);
            }
            statement.execute("VACUUM ANALYZE");
        }
    }

    /** Drops every index and key. @return what makes them again */
    private static List<String> withoutIndexes(Statement statement) throws SQLException {
        var gone = new ArrayList<String>();
        var back = new ArrayList<String>();
        // Foreign keys rest on keys, and are of use to the planner even when nobody has checked the rows.
        try (var rows = statement.executeQuery("""
                SELECT 1 AS turn, format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
                       format('ALTER TABLE %s ADD CONSTRAINT %I %s NOT VALID', conrelid::regclass, conname,
                           pg_get_constraintdef(oid))
                FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype = 'f'
                UNION ALL
                SELECT 2, format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
                       format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname,
                           pg_get_constraintdef(oid))
                FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u')
                UNION ALL
                SELECT 3, 'DROP INDEX ' || indexrelid::regclass, pg_get_indexdef(indexrelid)
                FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
                WHERE relnamespace = 'public'::regnamespace
                  AND indexrelid NOT IN (SELECT conindid FROM pg_constraint WHERE contype IN ('p', 'u'))
                ORDER BY turn""")) {
            while (rows.next()) {
                gone.add(rows.getString(2));
                back.addFirst(rows.getString(3));
            }
        }
        for (var sql : gone) {
            statement.execute(sql);
        }
        return back;
    }
}

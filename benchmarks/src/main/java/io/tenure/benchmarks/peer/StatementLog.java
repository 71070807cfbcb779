package io.tenure.benchmarks.peer;

import io.tenure.benchmarks.run.Bench;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * What a packaged service really says to PostgreSQL, read from the server's own statement log while it does one thing.
 * A peer that is to run the same SQL takes it from here, so that it stays the same when the service changes.
 */
public final class StatementLog {

    /**
     * One execution of a statement.
     *
     * @param sql with {@code $1} and so on
     * @param parameters as the log writes them; null for NULL
     */
    public record Statement(String sql, List<String> parameters) {

        private static final Pattern PARAMETER = Pattern.compile("\\$\\d+ = (NULL|'((?:[^']|'')*)')(?:, |$)");

        static Statement of(String sql, String detail) {
            var parameters = new ArrayList<String>();
            var found = PARAMETER.matcher(detail);
            while (found.find()) {
                parameters.add(found.group(2) == null ? null : found.group(2).replace("''", "'"));
            }
            return new Statement(sql, Collections.unmodifiableList(parameters));
        }

        boolean is(String keyword) {
            return sql.strip().equalsIgnoreCase(keyword);
        }

        /** Whether the value stands in the statement or in one of its parameters. */
        public boolean mentions(String value) {
            return sql.contains(value) || parameters.stream().anyMatch(p -> p != null && p.contains(value));
        }
    }

    /** Something to record. */
    public interface Action {
        void run() throws Exception;
    }

    private static final long SETTLE_MILLIS = 300;
    private static final Pattern ENTRY =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\d [^\\[]*\\[(\\d+)] ([A-Z]+): {2}(.*)", Pattern.DOTALL);
    private static final Pattern EXECUTION =
            Pattern.compile("(?:statement|execute [^:]*|execute fetch from [^:]*): (.*)", Pattern.DOTALL);

    private StatementLog() {}

    /** @return every statement that any client of the server ran meanwhile, one list per connection, in order */
    public static Map<Integer, List<Statement>> record(Bench bench, Action action) throws Exception {
        var log = bench.platform().layout().log("postgresql");
        long from;
        try {
            logStatements(bench, "all");
            from = log.toFile().length();
            action.run();
            TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
        } finally {
            logStatements(bench, "none");
        }
        return parse(read(log, from));
    }

    /**
     * The transactions in what was recorded: what stands between BEGIN and COMMIT on one connection, and each statement
     * outside of these by itself.
     */
    public static List<List<Statement>> transactions(Map<Integer, List<Statement>> recorded) {
        var transactions = new ArrayList<List<Statement>>();
        for (var connection : recorded.values()) {
            List<Statement> open = null;
            for (var statement : connection) {
                if (statement.is("BEGIN")) {
                    open = new ArrayList<>();
                } else if (statement.is("COMMIT") || statement.is("ROLLBACK")) {
                    if (open != null) {
                        transactions.add(open);
                    }
                    open = null;
                } else if (open != null) {
                    open.add(statement);
                } else {
                    transactions.add(List.of(statement));
                }
            }
        }
        return transactions;
    }

    private static void logStatements(Bench bench, String which) throws SQLException, InterruptedException {
        try (var superuser = bench.connectAsSuperuser("postgres");
                var statement = superuser.createStatement()) {
            statement.execute("ALTER SYSTEM SET log_statement = '" + which + "'");
            statement.execute("SELECT pg_reload_conf()");
        }
        // Each server process reads the new settings before its next statement, once the postmaster has told it.
        TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
    }

    private static String read(Path log, long from) throws IOException {
        try (var file = new RandomAccessFile(log.toFile(), "r")) {
            var bytes = new byte[(int) (file.length() - from)];
            file.seek(from);
            file.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    static Map<Integer, List<Statement>> parse(String log) {
        var connections = new LinkedHashMap<Integer, List<Statement>>();
        for (var text : log.split("\n(?!\t)")) {
            var entry = ENTRY.matcher(text.replace("\n\t", "\n"));
            if (!entry.matches()) {
                continue;
            }
            var statements = connections.computeIfAbsent(Integer.valueOf(entry.group(1)), pid -> new ArrayList<>());
            if (entry.group(2).equals("LOG")) {
                var execution = EXECUTION.matcher(entry.group(3));
                if (execution.matches()) {
                    statements.add(new Statement(execution.group(1), List.of()));
                }
            } else if (entry.group(2).equals("DETAIL") && !statements.isEmpty()) {
                statements.add(Statement.of(statements.removeLast().sql(), entry.group(3)));
            }
        }
        return connections;
    }
}

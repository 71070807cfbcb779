package io.tenure.benchmarks.explain;

import io.tenure.benchmarks.explain.ExplainedQueries.Query;
import io.tenure.benchmarks.fill.BulkFill;
import io.tenure.benchmarks.report.Figure;
import io.tenure.benchmarks.report.Outcome;
import io.tenure.benchmarks.report.Reach;
import io.tenure.benchmarks.run.Bench;
import io.tenure.benchmarks.run.Benchmark;
import io.tenure.benchmarks.run.Together;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The plans of the frequent statements on big tables. Each statement is prepared and executed six times first, since
 * PostgreSQL may choose another plan then, which knows no parameters; services run with such prepared statements for weeks.
 */
public final class ExplainBenchmark implements Benchmark {

    /** The files of queries, and whose tables they read. */
    private static final Map<String, String> SERVICES = new LinkedHashMap<>();

    static {
        SERVICES.put("kit", "provisioning");
        for (var service : List.of("provisioning", "lifecycle", "credential", "notification", "audit")) {
            SERVICES.put(service, service);
        }
    }

    /** After so many executions PostgreSQL compares a generic plan. */
    private static final int EXECUTIONS = 6;

    private static final String DATABASE = "explain_";
    private static final Pattern TIME = Pattern.compile("Execution Time: ([0-9.]+) ms");

    private static final Pattern REMOVED = Pattern.compile("Rows Removed by Filter: (\\d+)");

    private record Explanation(Query query, String plan, double millis) {

        /** Whether it goes through the big table in the table's or in an index's order and throws most of it away. */
        boolean readsAll(int rows) {
            return Pattern.compile("Seq Scan on " + query.table() + "\\b")
                            .matcher(plan)
                            .find()
                    || REMOVED.matcher(plan).results().anyMatch(removed -> Long.parseLong(removed.group(1)) > rows / 2);
        }
    }

    @Override
    public String id() {
        return "explain";
    }

    @Override
    public String name() {
        return "explain";
    }

    @Override
    public String title() {
        return "Plans of the frequent statements on big tables";
    }

    @Override
    public Outcome run(Bench bench) throws Exception {
        int rows = bench.quick() ? 50_000 : 1_000_000;
        var figures = new ArrayList<Figure>();
        var setting = new LinkedHashMap<String, String>();
        setting.put(
                "data",
                "%d rows in each table that is named, VACUUM ANALYZE, EXPLAIN (ANALYZE, BUFFERS) of the prepared statement"
                                .formatted(rows)
                        + " after %d executions, rolled back".formatted(EXECUTIONS));
        bench.note("explain: filling %,d rows per table".formatted(rows));
        Together.<Void>all(SERVICES.entrySet().stream()
                .<Callable<Void>>map(entry -> () -> {
                    fill(bench, entry.getKey(), entry.getValue(), rows);
                    return null;
                })
                .toList());
        int readAll = 0;
        var plans = Files.createDirectories(bench.scratch().resolve("plans"));
        for (var queries : SERVICES.keySet()) {
            bench.note("explain: " + queries);
            for (var explanation : explain(bench, queries)) {
                boolean readsAll = explanation.readsAll(rows);
                var name = queries + ": " + explanation.query().name();
                var verdict = readsAll ? " (reads all of " + explanation.query().table() + ")" : "";
                figures.add(Figure.of(name + verdict, "ms", List.of(explanation.millis())));
                setting.put(name, explanation.query().sql() + "\n\n" + explanation.plan());
                Files.writeString(
                        plans.resolve(name.toLowerCase(Locale.ROOT).replaceAll("\\W+", "-") + ".txt"),
                        setting.get(name) + "\n");
                readAll += readsAll ? 1 : 0;
            }
        }
        return new Outcome(
                figures,
                List.of(Reach.atMost("statements that read a big table from end to end", readAll, 0)),
                setting);
    }

    private static List<Explanation> explain(Bench bench, String queries) throws Exception {
        var all = new ArrayList<Explanation>();
        try (var connection = bench.connect(DATABASE + queries)) {
            connection.setAutoCommit(false);
            for (var query : ExplainedQueries.of(queries).queries()) {
                all.add(explain(connection, query));
                connection.rollback();
            }
        }
        return all;
    }

    private static void fill(Bench bench, String queries, String service, int rows) throws Exception {
        bench.freshDatabaseLike(service, DATABASE + queries);
        try (var superuser = bench.connectAsSuperuser(DATABASE + queries)) {
            BulkFill.run(
                    superuser,
                    ExplainedQueries.of(queries).fills().stream()
                            .map(fill -> fill.replace(":rows", Integer.toString(rows)))
                            .toList());
        }
    }

    private static Explanation explain(Connection connection, Query query) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("PREPARE explained AS " + query.sql());
            var execute = "EXECUTE explained" + arguments(connection, query);
            for (int i = 0; i < EXECUTIONS; i++) {
                statement.execute(execute);
            }
            var lines = new ArrayList<String>();
            try (var plan = statement.executeQuery("EXPLAIN (ANALYZE, BUFFERS) " + execute)) {
                while (plan.next()) {
                    lines.add(plan.getString(1));
                }
            }
            statement.execute("DEALLOCATE explained");
            var plan = lines.stream().collect(Collectors.joining("\n"));
            var time = TIME.matcher(plan);
            if (!time.find()) {
                throw new SQLException("No execution time in the plan of " + query.name());
            }
            return new Explanation(query, plan, Double.parseDouble(time.group(1)));
        }
    }

    /** As literals: EXECUTE takes no subqueries. */
    private static String arguments(Connection connection, Query query) throws SQLException {
        if (query.arguments().isEmpty()) {
            return "";
        }
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT " + query.arguments())) {
            row.next();
            var literals = new ArrayList<String>();
            for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                literals.add("'" + row.getString(i).replace("'", "''") + "'");
            }
            return "(" + String.join(", ", literals) + ")";
        }
    }
}

package io.tenure.benchmarks.explain;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The statements that a service sends often, and rows for its tables, read from {@code explain/<name>.sql}. Of what
 * Hibernate makes of a query, those files leave the lists of columns out.
 *
 * @param fills what to execute once; {@code :rows} stands for the size of the big tables
 */
record ExplainedQueries(List<String> fills, List<Query> queries) {

    /**
     * A statement as a service prepares it.
     *
     * @param table the big table, which it must not read from end to end
     * @param sql with {@code $1} and so on
     * @param arguments for {@code EXECUTE}: SQL expressions, which may be subqueries
     */
    record Query(String name, String table, String sql, String arguments) {}

    private static final Pattern SECTION = Pattern.compile("(?m)^--- ");
    private static final Pattern QUERY = Pattern.compile("query (.*) on (\\w+) \\((.*)\\)");

    static ExplainedQueries of(String name) {
        var fills = new ArrayList<String>();
        var queries = new ArrayList<Query>();
        for (var section : SECTION.split(read(name))) {
            int end = section.indexOf('\n');
            var head = section.isEmpty() ? "" : section.substring(0, end);
            var query = QUERY.matcher(head);
            if (query.matches()) {
                queries.add(new Query(
                        query.group(1), query.group(2), section.substring(end).strip(), query.group(3)));
            } else if (head.equals("fill")) {
                fills.add(section.substring(end).strip());
            } else if (!section.isBlank()) {
                throw new IllegalArgumentException("explain/" + name + ".sql has a section " + head);
            }
        }
        return new ExplainedQueries(fills, queries);
    }

    private static String read(String name) {
        try (var in = ExplainedQueries.class.getResourceAsStream("/explain/" + name + ".sql")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.tenure.benchmarks.peer;

import io.tenure.benchmarks.peer.StatementLog.Statement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A recorded transaction, run again and again over plain JDBC: the same statements with the same values, except that
 * what was made for it (ids, and what the caller names) is new each time. Statements that follow each other with the
 * same text go as one batch, as they did when they were recorded.
 */
public final class Replay {

    private static final Pattern UUID_V7 =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    private static final Pattern PLACE = Pattern.compile("\\$(\\d+)");

    private final List<Statement> transaction;
    private final Set<String> renewed;

    /** @param more values beside UUIDs of version 7 that are new each time, for instance the caller's key */
    public Replay(List<Statement> transaction, String... more) {
        this.transaction = List.copyOf(transaction);
        this.renewed = new LinkedHashSet<>(List.of(more));
        for (var statement : transaction) {
            for (var parameter : statement.parameters()) {
                if (parameter != null) {
                    UUID_V7.matcher(parameter).results().forEach(found -> renewed.add(found.group()));
                }
            }
        }
    }

    /** A client with its own connection, on which it commits; for one thread. */
    final class Client implements AutoCloseable {

        private final Connection connection;
        private final Map<String, PreparedStatement> prepared = new LinkedHashMap<>();

        /** @param connection becomes this client's own */
        Client(Connection connection) throws SQLException {
            this.connection = connection;
            connection.setAutoCommit(false);
            for (var statement : transaction) {
                if (!prepared.containsKey(statement.sql())) {
                    prepared.put(
                            statement.sql(),
                            connection.prepareStatement(
                                    PLACE.matcher(statement.sql()).replaceAll("?")));
                }
            }
        }

        /** One transaction. */
        void run() throws SQLException {
            var fresh = freshValues();
            for (int i = 0; i < transaction.size(); i++) {
                var statement = transaction.get(i);
                var call = prepared.get(statement.sql());
                bind(call, statement, fresh);
                boolean more = i + 1 < transaction.size()
                        && transaction.get(i + 1).sql().equals(statement.sql());
                boolean alone =
                        !more && (i == 0 || !transaction.get(i - 1).sql().equals(statement.sql()));
                if (alone) {
                    execute(call);
                } else {
                    call.addBatch();
                    if (!more) {
                        call.executeBatch();
                    }
                }
            }
            connection.commit();
        }

        private static void execute(PreparedStatement call) throws SQLException {
            if (call.execute()) {
                try (var rows = call.getResultSet()) {
                    while (rows.next()) {
                        rows.getObject(1);
                    }
                }
            }
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }

    private Map<String, String> freshValues() {
        var fresh = new LinkedHashMap<String, String>();
        renewed.forEach(old -> fresh.put(old, uuidV7().toString()));
        return fresh;
    }

    private static void bind(PreparedStatement call, Statement statement, Map<String, String> fresh)
            throws SQLException {
        int place = 1;
        var places = PLACE.matcher(statement.sql());
        while (places.find()) {
            var value = statement.parameters().get(Integer.parseInt(places.group(1)) - 1);
            // The server knows each parameter's type, as it did for the service.
            call.setObject(place++, renew(value, fresh), Types.OTHER);
        }
    }

    private static String renew(String value, Map<String, String> fresh) {
        if (value == null) {
            return null;
        }
        var whole = fresh.get(value);
        if (whole != null) {
            return whole;
        }
        for (var entry : fresh.entrySet()) {
            value = value.replace(entry.getKey(), entry.getValue());
        }
        return value;
    }

    /** RFC 9562, 5.7: the time, then chance. */
    public static UUID uuidV7() {
        var random = ThreadLocalRandom.current();
        long high = System.currentTimeMillis() << 16 | 0x7000 | random.nextInt(0x1000);
        return new UUID(high, random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L);
    }

    /** The statements, for the reader: each once, with how often it runs. */
    public String text() {
        var counts = new LinkedHashMap<String, Integer>();
        transaction.forEach(s -> counts.merge(s.sql().strip().replaceAll("\\s+", " "), 1, Integer::sum));
        return "BEGIN\n"
                + counts.entrySet().stream()
                        .map(e -> e.getKey() + (e.getValue() > 1 ? "   -- " + e.getValue() + " times, one batch" : ""))
                        .collect(Collectors.joining("\n"))
                + "\nCOMMIT";
    }

    /** Clients with a connection each. */
    static List<Client> clients(Replay replay, int count, Connections connections) throws SQLException {
        var clients = new ArrayList<Client>();
        for (int i = 0; i < count; i++) {
            clients.add(replay.new Client(connections.open()));
        }
        return clients;
    }

    /** Opens a connection. */
    interface Connections {
        Connection open() throws SQLException;
    }
}

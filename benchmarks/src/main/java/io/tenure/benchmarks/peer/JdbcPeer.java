package io.tenure.benchmarks.peer;

import io.tenure.benchmarks.load.ClosedLoop;
import io.tenure.benchmarks.run.Bench;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** A service's transaction without the service: so many threads with a connection each replay it. */
public final class JdbcPeer implements AutoCloseable {

    private final List<Replay.Client> clients;
    private final Connection owner;

    /**
     * Connects the clients.
     *
     * @param database a service's, whose runtime role they use
     */
    public JdbcPeer(Bench bench, String database, Replay replay, int clients) throws SQLException {
        this.clients = Replay.clients(replay, clients, () -> bench.connect(database));
        this.owner = bench.connectAsOwner(database);
    }

    /** One transaction; an {@link ClosedLoop.Op}. */
    public void run(int client, long sequence) throws SQLException {
        clients.get(client).run();
    }

    /** Nobody relays what it records; the service's outbox is short too. */
    public void emptyOutbox() throws SQLException {
        try (var statement = owner.createStatement()) {
            statement.execute("TRUNCATE outbox");
        }
    }

    @Override
    public void close() throws SQLException {
        for (var client : clients) {
            client.close();
        }
        owner.close();
    }
}

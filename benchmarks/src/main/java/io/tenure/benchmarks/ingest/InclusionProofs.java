package io.tenure.benchmarks.ingest;

import io.tenure.benchmarks.load.ClosedLoop;
import io.tenure.benchmarks.load.HttpLoad;
import io.tenure.benchmarks.load.Load;
import io.tenure.benchmarks.load.OpenLoop;
import io.tenure.benchmarks.run.Bench;
import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Auditors who ask for proofs of events from all over the log, at a low constant rate. */
final class InclusionProofs implements AutoCloseable {

    static final double RATE = 50;

    /** Answered without a look at the log. */
    static final String NOTHING = "/q/health/live";

    private static final int CONNECTIONS = 8;
    private static final int EVENTS = 2_000;

    private final Bench bench;
    private final HttpLoad http;
    private final List<UUID> ids;

    InclusionProofs(Bench bench, URI audit) throws SQLException, IOException {
        this.bench = bench;
        this.ids = sample(bench);
        this.http = HttpLoad.open(audit, CONNECTIONS);
    }

    /** Random entries of the whole log. */
    private static List<UUID> sample(Bench bench) throws SQLException {
        var ids = new ArrayList<UUID>();
        try (var connection = bench.connect(AuditFeed.SERVICE);
                var select = connection.prepareStatement("""
                        SELECT event_id FROM leaf WHERE index IN (
                            SELECT floor(random() * (SELECT max(size) FROM checkpoint))::int8 FROM generate_series(1, ?))""")) {
            select.setInt(1, EVENTS);
            try (var rows = select.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getObject(1, UUID.class));
                }
            }
        }
        return ids;
    }

    /** Asks at the rate for so long, after a tenth of it that does not count. Every answer must be a proof. */
    Load run(Duration duration) throws InterruptedException {
        return OpenLoop.run(RATE, CONNECTIONS, duration.dividedBy(10), duration, this::ask);
    }

    /** The same load on an address that does nothing: what of the figures is the way to the service and this JVM. */
    Load runOnNothing(Duration duration) throws InterruptedException {
        return OpenLoop.run(
                RATE,
                CONNECTIONS,
                duration.dividedBy(10),
                duration,
                (connection, sequence) -> ok(http.get(connection, NOTHING), NOTHING));
    }

    /** Asks as fast as it goes, so that the hot code is compiled. */
    Load warmUp(Duration duration) throws InterruptedException {
        return ClosedLoop.run(CONNECTIONS, Duration.ZERO, duration, this::ask);
    }

    private void ask(int connection, long sequence) throws IOException {
        var id = ids.get((int) (sequence % ids.size()));
        var path = "/v1/events/" + id + "/proof";
        ok(http.get(connection, path, "Authorization", "Bearer " + bench.token("auditor")), path);
    }

    private static void ok(HttpLoad.Answer answer, String path) throws IOException {
        if (answer.status() != 200) {
            throw new IOException(path + " answered " + answer.status());
        }
    }

    @Override
    public void close() throws IOException {
        http.close();
    }
}

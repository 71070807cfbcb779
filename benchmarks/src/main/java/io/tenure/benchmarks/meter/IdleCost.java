package io.tenure.benchmarks.meter;

import io.tenure.benchmarks.run.Running;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a service costs while nothing is to do: its own processor time and that of its database connections. */
public final class IdleCost {

    private final Running service;
    private final Connection superuser;
    private final String role;

    /**
     * @param superuser sees the server processes of all roles
     * @param role the service's; nobody else may be connected with it
     */
    public IdleCost(Running service, Connection superuser, String role) {
        this.service = service;
        this.superuser = superuser;
        this.role = role;
    }

    /** Watches for so long. @return percent of one core: of the service's process, and of its server processes */
    public List<Double> percent(Duration duration) throws SQLException, IOException, InterruptedException {
        var backends = backends();
        double process = ProcessorTime.seconds(List.of(service.pid()));
        double database = ProcessorTime.seconds(backends);
        long start = System.nanoTime();
        Thread.sleep(duration.toMillis());
        double seconds = (System.nanoTime() - start) / 1e9;
        return List.of(
                (ProcessorTime.seconds(List.of(service.pid())) - process) / seconds * 100,
                (ProcessorTime.seconds(backends) - database) / seconds * 100);
    }

    private List<Long> backends() throws SQLException {
        var pids = new ArrayList<Long>();
        try (var select = superuser.prepareStatement("SELECT pid FROM pg_stat_activity WHERE usename = ?")) {
            select.setString(1, role);
            try (var rows = select.executeQuery()) {
                while (rows.next()) {
                    pids.add(rows.getLong(1));
                }
            }
        }
        return pids;
    }
}

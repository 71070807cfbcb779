package io.tenure.systemtests.harness;

import io.tenure.events.EventType;
import io.tenure.events.Fact;
import io.tenure.local.platform.Platform;
import io.tenure.local.platform.Services;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stops a service exactly where it records a fact of a tenant: a trigger in the service's own database waits for a lock
 * that the test holds. What the fact describes has then been done, and nothing of it is committed: the moment in which
 * a crash hurts most, hit every time and not by chance. A trigger may also refuse the fact, as a broken database would.
 */
public final class Gates implements AutoCloseable {

    private static final String SCHEMA = """
            CREATE SCHEMA gate;
            GRANT USAGE ON SCHEMA gate TO PUBLIC;
            CREATE TABLE gate.closed (key bigint PRIMARY KEY, tenant uuid, type text, refuses boolean NOT NULL);
            GRANT SELECT ON gate.closed TO PUBLIC;
            CREATE FUNCTION gate.pass(passing uuid, fact text) RETURNS void LANGUAGE plpgsql AS $$
            DECLARE
                shut gate.closed;
            BEGIN
                SELECT * INTO shut FROM gate.closed
                    WHERE (tenant = passing OR tenant IS NULL) AND type = fact LIMIT 1;
                IF FOUND AND shut.refuses THEN
                    RAISE EXCEPTION 'refused for a test';
                ELSIF FOUND THEN
                    PERFORM pg_advisory_xact_lock_shared(shut.key);
                END IF;
            END $$;
            CREATE FUNCTION gate.on_insert() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM gate.pass(NEW.tenant_id, NEW.type);
                RETURN NEW;
            END $$;
            CREATE TRIGGER gate BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION gate.on_insert();
            """;

    /** The audit service publishes next to nothing; what it records is leaves of its tree. */
    private static final String AUDIT_LEAVES =
            "CREATE TRIGGER gate BEFORE INSERT ON leaf FOR EACH ROW EXECUTE FUNCTION gate.on_insert()";

    private final Platform platform;
    private final AtomicLong keys = new AtomicLong(1_000_000);
    private final Map<String, Connection> connections = new ConcurrentHashMap<>();

    Gates(Platform platform) {
        this.platform = platform;
        for (var service : Services.ALL) {
            execute(service.name(), SCHEMA);
        }
        execute("audit", AUDIT_LEAVES);
    }

    /** A closed gate. */
    public final class Gate {

        private final String service;
        private final long key;
        private final String what;

        private Gate(String service, long key, String what) {
            this.service = service;
            this.key = key;
            this.what = what;
        }

        /** Returns when the service stands at the gate. */
        public void awaitArrival() {
            Waiting.until(service + " is about to record " + what, () -> waiting() > 0);
        }

        private long waiting() {
            return queryNumber(
                    service,
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objsubid = 1"
                            + " AND (classid::bigint << 32 | objid::bigint) = " + key);
        }

        /** Ends the database sessions of a service that was killed, so that none of its work goes on. */
        public void endOrphans() {
            execute(
                    service,
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + service + "'");
        }

        /** Lets the service pass. */
        public void open() {
            execute(service, "DELETE FROM gate.closed WHERE key = " + key);
            execute(service, "SELECT pg_advisory_unlock(" + key + ")");
        }
    }

    /** Closes the way of a service to recording such a fact of a tenant. */
    public Gate close(String service, UUID tenantId, Class<? extends Fact> fact) {
        return close(service, tenantId, EventType.of(fact), false);
    }

    /** Makes the service's database refuse such a fact, as a defect would, until the gate is opened. */
    public Gate refuse(String service, UUID tenantId, Class<? extends Fact> fact) {
        return close(service, tenantId, EventType.of(fact), true);
    }

    private Gate close(String service, UUID tenantId, String type, boolean refuses) {
        var gate = new Gate(service, keys.incrementAndGet(), type);
        execute(service, "SELECT pg_advisory_lock(" + gate.key + ")");
        execute(
                service,
                "INSERT INTO gate.closed VALUES (%d, %s, '%s', %s)"
                        .formatted(gate.key, tenantId == null ? "NULL" : "'" + tenantId + "'", type, refuses));
        return gate;
    }

    private void execute(String service, String sql) {
        var connection = connection(service);
        synchronized (connection) {
            try (var statement = connection.createStatement()) {
                statement.execute(sql);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private long queryNumber(String service, String sql) {
        var connection = connection(service);
        synchronized (connection) {
            try (var statement = connection.createStatement();
                    var rows = statement.executeQuery(sql)) {
                rows.next();
                return rows.getLong(1);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private Connection connection(String service) {
        return connections.compute(service, (name, open) -> {
            try {
                return open != null && open.isValid(1) ? open : connect(name);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private Connection connect(String database) throws SQLException {
        return platform.postgres().connect("postgres", platform.secrets().password("db-superuser"), database);
    }

    @Override
    public void close() {
        connections.values().forEach(connection -> {
            try {
                connection.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}

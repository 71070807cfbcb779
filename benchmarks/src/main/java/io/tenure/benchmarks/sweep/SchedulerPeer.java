package io.tenure.benchmarks.sweep;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.tenure.benchmarks.fill.OutboxRows;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** db-scheduler with its lock-and-fetch strategy, one execution for each due retention. */
final class SchedulerPeer implements AutoCloseable {

    /** What an execution does; db-scheduler then removes the execution. */
    enum Effect {
        /** Ends the retention as a sweep does: checks, termination, blockers, event, evidence, in one statement. */
        END,
        /** Inserts an event of the same size into an outbox that nobody relays, and nothing else. */
        RECORD
    }

    static final int THREADS = 16;
    static final String HOW = ("pollUsingLockAndFetch(0.5, 4.0), %d threads, a pool of %d connections, in the"
                    + " benchmark's JVM; as many executions wait in scheduled_tasks as retentions in ours. The check for"
                    + " due executions is triggered at the start. An execution that does the same runs this statement:\n%s"
                    + "\nOne that only records inserts one row into an outbox that nobody relays.")
            .formatted(THREADS, THREADS + 2, RawSweep.ONE_DUE);

    private final AgroalDataSource pool;
    private final Scheduler scheduler;
    private final AtomicInteger executed = new AtomicInteger();

    SchedulerPeer(String url, String user, String password) throws SQLException {
        var pooled = new AgroalDataSourceConfigurationSupplier();
        pooled.connectionPoolConfiguration()
                .maxSize(THREADS + 2)
                .connectionFactoryConfiguration()
                .jdbcUrl(url)
                .principal(new NamePrincipal(user))
                .credential(new SimplePassword(password));
        pool = AgroalDataSource.from(pooled);
        OneTimeTask<Void> end =
                Tasks.oneTime(Effect.END.name()).execute((instance, context) -> end(UUID.fromString(instance.getId())));
        OneTimeTask<Void> record = Tasks.oneTime(Effect.RECORD.name()).execute((instance, context) -> record());
        scheduler = Scheduler.create(pool, end, record)
                .threads(THREADS)
                .pollingInterval(Duration.ofMillis(500))
                .pollUsingLockAndFetch(0.5, 4.0)
                .build();
    }

    /** Makes its tables, with executions that are due in one to thirty days. */
    static void fill(Connection owner, int pending) throws SQLException {
        try (var statement = owner.createStatement()) {
            statement.execute("""
                    CREATE TABLE scheduled_tasks (
                        task_name text NOT NULL,
                        task_instance text NOT NULL,
                        task_data bytea,
                        execution_time timestamptz,
                        picked boolean NOT NULL,
                        picked_by text,
                        last_success timestamptz,
                        last_failure timestamptz,
                        consecutive_failures int,
                        last_heartbeat timestamptz,
                        version bigint NOT NULL,
                        priority smallint,
                        state text,
                        PRIMARY KEY (task_name, task_instance));
                    CREATE INDEX execution_time_idx ON scheduled_tasks (execution_time);
                    CREATE INDEX last_heartbeat_idx ON scheduled_tasks (last_heartbeat);
                    CREATE INDEX priority_execution_time_idx ON scheduled_tasks (priority DESC, execution_time ASC);
                    CREATE TABLE scheduler_outbox (LIKE outbox INCLUDING ALL);
                    GRANT SELECT, INSERT, UPDATE, DELETE ON scheduled_tasks, scheduler_outbox TO lifecycle""");
            statement.execute("""
                    INSERT INTO scheduled_tasks (task_name, task_instance, execution_time, picked, version)
                    SELECT '%s', uuidv7(), now() + interval '1 day' + n %% 2505600 * interval '1 second', false, 1
                    FROM generate_series(1, %d) n""".formatted(Effect.END, pending));
            statement.execute("VACUUM ANALYZE scheduled_tasks");
        }
    }

    void start() {
        scheduler.start();
    }

    /**
     * Makes the executions of a group of {@link PendingRetentions} due in one transaction.
     *
     * @return seconds from its commit until all are executed and removed
     */
    double seconds(Connection connection, Effect effect, int group, int due) throws SQLException, InterruptedException {
        executed.set(0);
        try (var insert = connection.prepareStatement("""
                        INSERT INTO scheduled_tasks (task_name, task_instance, execution_time, picked, version)
                        SELECT ?, id, now(), false, 1 FROM bench_retention WHERE grp = ? ORDER BY n""");
                var left = connection.prepareStatement(
                        "SELECT FROM scheduled_tasks WHERE execution_time <= now() LIMIT 1")) {
            insert.setString(1, effect.name());
            insert.setInt(2, group);
            insert.executeUpdate();
            long start = System.nanoTime();
            scheduler.triggerCheckForDueExecutions();
            long deadline = start + TimeUnit.MINUTES.toNanos(3);
            while (executed.get() < due) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(executed.get() + " of " + due + " executions after three minutes");
                }
                Thread.sleep(2);
            }
            while (left.executeQuery().next()) {
                Thread.sleep(2);
            }
            return (System.nanoTime() - start) / 1e9;
        }
    }

    private void end(UUID terminationId) {
        try (var connection = pool.getConnection()) {
            if (RawSweep.run(connection, terminationId) != 1) {
                throw new IllegalStateException(terminationId + " may not end");
            }
            executed.incrementAndGet();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void record() {
        try (var connection = pool.getConnection()) {
            OutboxRows.insertOne(connection, "scheduler_outbox", "tenure.lifecycle", executed.incrementAndGet());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        scheduler.stop();
        pool.close();
    }
}

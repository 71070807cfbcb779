package io.tenure.kit.outbox;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.Pause;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.outbox.RelaySender.Outcome;
import io.tenure.kit.outbox.RelaySender.Refused;
import io.vertx.core.Context;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Carries recorded events to Kafka. A pass claims buckets of tenants with advisory locks that last as long as its
 * transaction, sends their rows in order, and deletes them once the broker has acknowledged all. Two replicas therefore
 * never send one tenant's facts at the same time; a relay that dies between send and delete leaves the rows to the next
 * pass, whose repeated deliveries the consumers recognise by the event's id.
 *
 * <p>A bucket with a row that Kafka does not take waits, in its order, and is tried again with that row alone after
 * pauses that grow; all others flow. When a relay's process is suspended in a pass, the server ends its transaction,
 * and other relays take its buckets. The rows that it still sends after waking up were sent, or are being sent, by them
 * in the same order, so each consumer sees the first copies in order.
 *
 * <p>A pass follows each commit of this process that recorded an event, and every {@code tenure.outbox.poll-interval}
 * otherwise.
 */
@ApplicationScoped
public class OutboxRelay {

    private static final Logger LOG = Logger.getLogger(OutboxRelay.class);
    private static final int LOCK_CLASS = 0x7E0B;

    /**
     * Up to this many buckets are each read by index; beyond that, one walk in the order of {@code seq} is shorter,
     * unless it would cross a blocked bucket's backlog.
     */
    private static final int FEW = 8;

    // The locks come in a statement of their own: the next one must see what their former holders deleted.
    private static final String CLAIM = """
            WITH waiting AS MATERIALIZED (
                SELECT b::int4 AS bucket FROM unnest($1::int2[]) b
                WHERE EXISTS (SELECT FROM outbox WHERE outbox.bucket = b)),
            patience AS MATERIALIZED (SELECT set_config('idle_in_transaction_session_timeout', $2, true))
            SELECT bucket FROM waiting, patience WHERE pg_try_advisory_xact_lock(%d, bucket)""".formatted(LOCK_CLASS);
    static final String READ = """
            SELECT seq, id, aggregatetype, aggregateid, type, payload, traceparent, bucket FROM outbox
            WHERE bucket = ANY($1::int2[]) ORDER BY seq LIMIT $2""";
    static final String READ_FEW = """
            SELECT one.* FROM unnest($1::int2[]) AS mine (bucket) CROSS JOIN LATERAL (
                SELECT seq, id, aggregatetype, aggregateid, type, payload, traceparent, bucket FROM outbox
                WHERE outbox.bucket = mine.bucket ORDER BY seq LIMIT $2) AS one
            ORDER BY seq LIMIT $3""";
    private static final String DELETE = "DELETE FROM outbox WHERE seq = ANY($1)";

    private final Pool pool;
    private final Vertx vertx;
    private final RelaySender sender;
    private final int batchSize;
    private final Duration pollInterval;
    private final Duration longestSleep;
    private final AtomicBoolean running = new AtomicBoolean();
    private final AtomicBoolean again = new AtomicBoolean();
    private final AtomicBoolean probing = new AtomicBoolean();
    private final AtomicBoolean open = new AtomicBoolean();
    private final Counter relayed;
    private final Map<Integer, Pause> blocked;
    private final Pause database = new Pause(Duration.ofMillis(250), Duration.ofSeconds(5));
    private volatile Context context;
    private volatile long timer;

    OutboxRelay(
            Pool pool,
            Vertx vertx,
            RelaySender sender,
            MeterRegistry metrics,
            @ConfigProperty(name = "tenure.outbox.batch-size") int batchSize,
            @ConfigProperty(name = "tenure.outbox.poll-interval") Duration pollInterval,
            @ConfigProperty(name = "tenure.outbox.longest-sleep") Duration longestSleep) {
        this.pool = pool;
        this.vertx = vertx;
        this.sender = sender;
        this.batchSize = batchSize;
        this.pollInterval = pollInterval;
        this.longestSleep = longestSleep;
        this.relayed = metrics.counter("tenure.outbox.relayed");
        this.blocked = metrics.gaugeMapSize("tenure.outbox.blocked", List.of(), new ConcurrentHashMap<>());
    }

    void start(@Observes StartupEvent event) {
        context = vertx.getDelegate().getOrCreateContext();
        open.set(true);
        timer = vertx.setPeriodic(pollInterval.toMillis(), tick -> {
            wake();
            startProbe();
        });
    }

    void stop(@Observes ShutdownEvent event) {
        open.set(false);
        vertx.cancelTimer(timer);
    }

    /** Asks for a pass soon; called after a commit that recorded events. Returns at once. */
    public void wake() {
        again.set(true);
        if (open.get() && running.compareAndSet(false, true)) {
            context.runOnContext(start -> loop());
        }
    }

    private void loop() {
        again.set(false);
        Uni<Integer> next = database.lasts() ? Uni.createFrom().item(0) : pass();
        next.invoke(sent -> {
                    if (!database.lasts() && database.succeeded()) {
                        LOG.info("Events are relayed again");
                    }
                })
                .onFailure()
                .invoke(failure -> {
                    if (database.failed()) {
                        LOG.warnf("Relay pass failed, the events stay in the outbox: %s", failure);
                    }
                })
                .onFailure()
                .recoverWithItem(0)
                .subscribe()
                .with(sent -> {
                    if (open.get() && (sent == batchSize || again.get() && !database.lasts())) {
                        loop();
                    } else {
                        running.set(false);
                        if (again.get() && !database.lasts()) {
                            wake();
                        }
                    }
                });
    }

    /** One claim, send and delete of the buckets that are not blocked. @return how many events were relayed */
    Uni<Integer> pass() {
        return pass(
                IntStream.range(0, Outbox.BUCKETS)
                        .filter(bucket -> !blocked.containsKey(bucket))
                        .boxed()
                        .toList(),
                batchSize);
    }

    /** Runs beside the passes: a broker may be slow to refuse, and only the blocked buckets should wait for that. */
    private void startProbe() {
        if (!blocked.isEmpty() && probing.compareAndSet(false, true)) {
            context.runOnContext(
                    start -> probe().onFailure().recoverWithItem(0).subscribe().with(sent -> {
                        probing.set(false);
                        if (sent > 0) {
                            wake();
                        }
                    }));
        }
    }

    /** Tries the first row of each bucket whose pause is over. @return how many events were relayed */
    Uni<Integer> probe() {
        return pass(due(), 1);
    }

    /** The blocked buckets that are to be tried again. */
    List<Integer> due() {
        return blocked.entrySet().stream()
                .filter(bucket -> !bucket.getValue().lasts())
                .map(Map.Entry::getKey)
                .toList();
    }

    private Uni<Integer> pass(List<Integer> buckets, int rowsPerBucket) {
        if (buckets.isEmpty()) {
            return Uni.createFrom().item(0);
        }
        return UnitOfWork.runAlone(pool, connection -> connection
                .preparedQuery(CLAIM)
                .execute(Tuple.of(numbers(buckets), Long.toString(longestSleep.toMillis())))
                .flatMap(claimed -> claimed.rowCount() == 0
                        ? Uni.createFrom().item(0)
                        : relay(connection, claimed, rowsPerBucket)));
    }

    private static Short[] numbers(List<Integer> buckets) {
        return buckets.stream().map(Integer::shortValue).toArray(Short[]::new);
    }

    private Uni<Integer> relay(SqlConnection connection, RowSet<Row> claimed, int rowsPerBucket) {
        List<Integer> buckets = new ArrayList<>(claimed.rowCount());
        claimed.forEach(row -> buckets.add(row.getInteger("bucket")));
        boolean few = buckets.size() <= FEW || !blocked.isEmpty();
        Uni<RowSet<Row>> read = few
                ? connection.preparedQuery(READ_FEW).execute(Tuple.of(numbers(buckets), rowsPerBucket, batchSize))
                : connection.preparedQuery(READ).execute(Tuple.of(numbers(buckets), batchSize));
        return read.flatMap(found -> {
            List<Row> rows = new ArrayList<>(found.rowCount());
            found.forEach(rows::add);
            return rows.isEmpty()
                    ? Uni.createFrom().item(0)
                    : sender.send(rows)
                            .emitOn(task -> context.runOnContext(run -> task.run()))
                            .invoke(outcome -> note(rows, outcome))
                            .flatMap(outcome -> delete(connection, outcome));
        });
    }

    private Uni<Integer> delete(SqlConnection connection, Outcome outcome) {
        Long[] sequences = outcome.acknowledged();
        return sequences.length == 0
                ? Uni.createFrom().item(0)
                : connection
                        .preparedQuery(DELETE)
                        .execute(Tuple.of(sequences))
                        .invoke(deleted -> relayed.increment(sequences.length))
                        .replaceWith(sequences.length);
    }

    /**
     * A bucket is free again once a row of it was sent, and waits if one was refused. One whose rows were held stays as
     * it was.
     */
    private void note(List<Row> rows, Outcome outcome) {
        outcome.refused().forEach(this::block);
        if (!blocked.isEmpty()) {
            Set<Long> acknowledged = Set.of(outcome.acknowledged());
            rows.stream()
                    .filter(row -> acknowledged.contains(row.getLong("seq")))
                    .map(row -> row.getShort("bucket").intValue())
                    .filter(bucket -> !outcome.refused().containsKey(bucket))
                    .distinct()
                    .filter(bucket -> blocked.remove(bucket) != null)
                    .forEach(bucket -> LOG.infof("Bucket %d of the outbox flows again", bucket));
        }
    }

    private void block(int bucket, Refused refused) {
        Pause pause = blocked.computeIfAbsent(
                bucket,
                any -> new Pause(
                        Duration.ofMillis(500),
                        refused.isPassing() ? pollInterval.multipliedBy(20) : Duration.ofMinutes(1)));
        if (pause.failed()) {
            LOG.logf(
                    refused.isPassing() ? Logger.Level.WARN : Logger.Level.ERROR,
                    "Kafka does not take event %s (%s, for %s): %s. Its bucket %d of the outbox waits, all others flow",
                    refused.row().getUUID("id"),
                    refused.row().getString("type"),
                    refused.row().getString("aggregatetype"),
                    refused.why().getClass().getName(),
                    bucket);
        }
    }
}

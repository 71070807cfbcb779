package io.tenure.audit.ingest;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.tenure.audit.ingest.RefusedRecords.Letter;
import io.tenure.audit.log.LogEntry;
import io.tenure.audit.log.Sequencer;
import io.tenure.audit.log.TreeStore;
import io.tenure.events.CredentialFact.TenantAccessRestored;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.events.EventCodec;
import io.tenure.events.EventType;
import io.tenure.events.Provenance;
import io.tenure.events.UnreadableEventException;
import io.tenure.kit.Failures;
import io.tenure.kit.access.TenantRestrictions;
import io.tenure.kit.access.TenantRestrictions.Told;
import io.tenure.kit.tracing.TraceContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.header.Header;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/**
 * Appends every event of every topic to the log, batch by batch. A batch is acknowledged once its events are durably
 * sequenced and everything that cannot be logged is on a dead-letter topic. Until then it is retried without limit,
 * because an audit log may fall behind but must not skip anything.
 */
@ApplicationScoped
public class EventConsumer {

    private static final Logger LOG = Logger.getLogger(EventConsumer.class);

    /**
     * The records of one poll.
     *
     * @param entries in the order of their records
     * @param records the record of each entry; entries are compared by identity
     */
    private record Batch(
            List<LogEntry> entries, Map<LogEntry, ConsumerRecord<String, Reading>> records, List<Letter> refused) {}

    private static final Set<String> ABOUT_ACCESS =
            Set.of(EventType.of(TenantAccessRestricted.class), EventType.of(TenantAccessRestored.class));

    private final EventCodec codec = new EventCodec();
    private final TreeStore tree;
    private final Sequencer sequencer;
    private final RefusedRecords refused;
    private final TenantRestrictions restrictions;
    private final Tracer tracer;
    private final Clock clock;
    private final AtomicLong size;
    private final DistributionSummary batchSize;
    private final Timer lag;
    private volatile String trouble;

    EventConsumer(
            TreeStore tree,
            Sequencer sequencer,
            RefusedRecords refused,
            TenantRestrictions restrictions,
            Tracer tracer,
            Clock clock,
            MeterRegistry metrics) {
        this.tree = tree;
        this.sequencer = sequencer;
        this.refused = refused;
        this.restrictions = restrictions;
        this.tracer = tracer;
        this.clock = clock;
        this.size = metrics.gauge("tenure.log.size", new AtomicLong());
        this.batchSize = DistributionSummary.builder("tenure.log.batch.size")
                .description("Events appended to the log in one transaction")
                .publishPercentileHistogram()
                .register(metrics);
        this.lag = Timer.builder("tenure.log.ingest.lag")
                .description("From an event's record on the broker to its place in the log")
                .publishPercentileHistogram()
                .register(metrics);
    }

    /** Why the log does not grow, for the readiness check; empty if it does. */
    Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    /** The log's size when this replica started or last appended. */
    long size() {
        return size.get();
    }

    void start(@Observes StartupEvent event) {
        size.set(tree.latest().await().indefinitely().size());
    }

    @Incoming("events")
    Uni<Void> consume(ConsumerRecords<String, Reading> records) {
        Instant begun = clock.instant();
        Batch batch = sort(records);
        return Uni.createFrom()
                .deferred(() -> sequencer.append(batch.entries))
                .call(outcome -> restrictions.noteAlone(aboutAccess(batch, outcome)))
                .chain(outcome -> refused.send(letters(batch, outcome)).invoke(() -> observe(batch, outcome, begun)))
                .invoke(() -> trouble = null)
                .onFailure()
                .invoke(this::report)
                .onFailure()
                .retry()
                .withBackOff(Duration.ofMillis(200), Duration.ofSeconds(10))
                .indefinitely()
                .replaceWithVoid();
    }

    private static Batch sort(ConsumerRecords<String, Reading> records) {
        Batch batch =
                new Batch(new ArrayList<>(records.count()), new IdentityHashMap<>(records.count()), new ArrayList<>());
        for (ConsumerRecord<String, Reading> record : records) {
            switch (record.value()) {
                case null -> batch.refused.add(new Letter(record, "the record has no value"));
                case Reading.Refused refused -> batch.refused.add(new Letter(record, refused.reason()));
                case EventEnvelope event ->
                    Provenance.refusal(record.topic(), record.key(), event.type(), event.source(), event.tenantId())
                            .ifPresentOrElse(
                                    reason -> batch.refused.add(new Letter(record, reason)),
                                    () -> take(batch, event, record));
            }
        }
        return batch;
    }

    private static void take(Batch batch, EventEnvelope event, ConsumerRecord<String, Reading> record) {
        LogEntry entry = event.readAt(record);
        batch.entries.add(entry);
        batch.records.put(entry, record);
    }

    /**
     * The batch's facts about tenants' access, which this service enforces at its own API. Applying them twice changes
     * nothing.
     */
    private List<Told> aboutAccess(Batch batch, Sequencer.Outcome outcome) {
        return batch.entries.stream()
                .filter(entry -> ABOUT_ACCESS.contains(entry.type()))
                .filter(entry -> !outcome.conflicting().contains(entry))
                .flatMap(entry -> {
                    try {
                        return Stream.of(new Told(
                                entry.tenantId(), codec.decode(entry.bytes()).fact()));
                    } catch (UnreadableEventException unreadable) {
                        // The event is in the log, but there is nothing in it to enforce.
                        LOG.errorf("Event %s about a tenant's access cannot be read", entry.eventId());
                        return Stream.empty();
                    }
                })
                .toList();
    }

    private static List<Letter> letters(Batch batch, Sequencer.Outcome outcome) {
        List<Letter> letters = new ArrayList<>(batch.refused);
        for (LogEntry conflicting : outcome.conflicting()) {
            letters.add(
                    new Letter(batch.records.get(conflicting), "another event with the same id is in the log already"));
        }
        return letters;
    }

    private void observe(Batch batch, Sequencer.Outcome outcome, Instant begun) {
        Instant now = clock.instant();
        size.accumulateAndGet(outcome.size(), Math::max);
        if (outcome.added().isEmpty()) {
            return;
        }
        batchSize.record(outcome.added().size());
        long index = outcome.size() - outcome.added().size();
        for (LogEntry entry : outcome.added()) {
            ConsumerRecord<String, Reading> record = batch.records.get(entry);
            long behind = Math.max(0, now.toEpochMilli() - record.timestamp());
            lag.record(behind, TimeUnit.MILLISECONDS);
            trace(entry, record, index++, begun, now);
        }
    }

    /** A span in the event's own trace, so that one trace leads from a request to its place in the log. */
    private void trace(LogEntry entry, ConsumerRecord<String, Reading> record, long index, Instant begun, Instant now) {
        Header header = record.headers().lastHeader("traceparent");
        if (header == null || header.value() == null) {
            return;
        }
        tracer.spanBuilder("log " + entry.type())
                .setParent(TraceContext.parse(new String(header.value(), StandardCharsets.UTF_8)))
                .setSpanKind(SpanKind.CONSUMER)
                .setStartTimestamp(begun)
                .setAttribute("messaging.system", "kafka")
                .setAttribute("messaging.destination.name", record.topic())
                .setAttribute("messaging.message.id", entry.eventId().toString())
                .setAttribute("tenure.log.index", index)
                .startSpan()
                .end(now);
    }

    private void report(Throwable failure) {
        if (Failures.isOutage(failure)) {
            LOG.warnf(
                    "Database or broker unavailable, the batch is retried: %s",
                    failure.getClass().getSimpleName());
            trouble = "a server is out of reach";
        } else {
            LOG.error("The log does not grow", failure);
            trouble = "the last batch failed: " + failure.getClass().getSimpleName();
        }
    }
}

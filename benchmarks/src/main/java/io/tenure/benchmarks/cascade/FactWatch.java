package io.tenure.benchmarks.cascade;

import io.tenure.events.CredentialFact.CredentialRevoked;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.Fact;
import io.tenure.events.LifecycleFact.DeletionCertificateIssued;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.NotificationFact.NoticeAccepted;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.events.ProvisioningFact.AssetDisabled;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.events.ProvisioningFact.VmProvisioned;
import io.tenure.local.server.KafkaAccess;
import io.tenure.local.server.KafkaServer;
import io.tenure.local.server.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the topics along, and notes for each tenant when it came how far: as a consumer with default settings sees it. */
final class FactWatch implements AutoCloseable {

    /**
     * A tenant with one machine, as far as it has come.
     *
     * @param handedOver when the machine was there and both credentials' notices accepted by the mail server
     * @param shut when the last fact of its disablement arrived
     * @param due when its retention is over, once that is known
     * @param certified when the certificate's fact arrived
     */
    record Seen(
            CompletableFuture<Instant> handedOver,
            CompletableFuture<Instant> shut,
            CompletableFuture<Instant> due,
            CompletableFuture<Instant> certified,
            Map<Class<? extends Fact>, Integer> counts) {

        Seen() {
            this(
                    new CompletableFuture<>(),
                    new CompletableFuture<>(),
                    new CompletableFuture<>(),
                    new CompletableFuture<>(),
                    new HashMap<>());
        }

        private void take(Fact fact, Instant now) {
            counts.merge(fact.getClass(), 1, Integer::sum);
            switch (fact) {
                case RetentionStarted started -> due.complete(started.retentionEndsAt());
                case DeletionCertificateIssued issued -> certified.complete(now);
                default -> {
                    if (has(VmProvisioned.class, 1) && has(NoticeAccepted.class, CREDENTIALS)) {
                        handedOver.complete(now);
                    }
                    if (has(AssetDisabled.class, 1)
                            && has(TenantDisabled.class, 1)
                            && has(CredentialRevoked.class, CREDENTIALS)
                            && has(TenantAccessRestricted.class, 1)) {
                        shut.complete(now);
                    }
                }
            }
        }

        private boolean has(Class<? extends Fact> type, int times) {
            return counts.getOrDefault(type, 0) >= times;
        }
    }

    /** The administrator's and the machine's. */
    static final int CREDENTIALS = 2;

    private final EventCodec codec = new EventCodec();
    private final Map<UUID, Seen> tenants = new ConcurrentHashMap<>();
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Watches from now on. */
    FactWatch(KafkaServer kafka) {
        var settings = kafka.clientSettings(KafkaAccess.ADMIN);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        this.consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(Topics.FACTS.stream()
                .flatMap(topic -> IntStream.range(0, Topics.PARTITIONS)
                        .mapToObj(partition -> new TopicPartition(topic, partition)))
                .toList());
        consumer.seekToEnd(consumer.assignment());
        consumer.assignment().forEach(consumer::position);
        Thread.ofPlatform().name("fact-watch").daemon().start(this::read);
    }

    /** What was seen of a tenant; also before anything was. */
    Seen of(UUID tenant) {
        return tenants.computeIfAbsent(tenant, id -> new Seen());
    }

    private void read() {
        try (consumer) {
            while (true) {
                for (var record : consumer.poll(Duration.ofSeconds(1))) {
                    take(codec.decode(record.value()), Instant.now());
                }
            }
        } catch (WakeupException e) {
            // Closed.
        } catch (RuntimeException e) {
            tenants.values().forEach(seen -> fail(seen, e));
        } finally {
            closed.countDown();
        }
    }

    private void take(Event event, Instant now) {
        // Notices about the retention are not the hand-over's.
        if (!(event.fact() instanceof NoticeAccepted notice) || notice.kind() == NoticeKind.CREDENTIAL_READY) {
            of(event.tenantId()).take(event.fact(), now);
        }
    }

    private static void fail(Seen seen, RuntimeException cause) {
        seen.handedOver.completeExceptionally(cause);
        seen.shut.completeExceptionally(cause);
        seen.due.completeExceptionally(cause);
        seen.certified.completeExceptionally(cause);
    }

    @Override
    public void close() throws InterruptedException {
        consumer.wakeup();
        closed.await();
    }
}

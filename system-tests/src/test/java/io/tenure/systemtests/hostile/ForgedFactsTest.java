package io.tenure.systemtests.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenure.events.AssetKind;
import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.Fact;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.events.MediaDigest;
import io.tenure.events.NotificationFact.Channel;
import io.tenure.events.NotificationFact.NoticeDelivered;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.events.ProvisioningFact.AssetSanitized;
import io.tenure.events.ProvisioningFact.TenantAssetsDeleted;
import io.tenure.local.server.KafkaAccess;
import io.tenure.local.server.Topics;
import io.tenure.systemtests.harness.SystemExtension;
import io.tenure.systemtests.harness.SystemUnderTest;
import io.tenure.systemtests.story.Story;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whoever writes to Kafka in another's name changes nothing. */
@Order(4)
@ExtendWith(SystemExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForgedFactsTest {

    private final EventCodec codec = new EventCodec();
    private SystemUnderTest system;
    private Story victim;
    private String key;

    @BeforeAll
    void prepare(SystemUnderTest system) {
        this.system = system;
        victim = Story.withAssets(system, "spoken of by forgers", 1, 0);
        key = victim.tenantId().toString();
    }

    @Test
    void noServiceWritesAnothersTopicAndWhoHasNoAccountWritesNone() {
        var termination = UUID.randomUUID();
        Map<String, Fact> forged = Map.of(
                "tenure.lifecycle", new DeletionStarted(termination, "0".repeat(64)),
                "tenure.provisioning", new TenantAssetsDeleted(termination, 1, Instant.now()),
                "tenure.credential", new TerminationRequested(termination));
        forged.forEach((topic, fact) -> assertThatThrownBy(() ->
                        publish(system.platform().kafka().clientSettings("notification"), topic, event(topic, fact)))
                .as("notification writes to " + topic)
                .hasCauseInstanceOf(TopicAuthorizationException.class));
        for (var topic : Topics.FACTS) {
            var stranger = system.platform().kafka().clientSettings("notification");
            stranger.putAll(KafkaAccess.clientSettings("stranger", "guess"));
            assertThatThrownBy(() ->
                            publish(stranger, topic, event(topic, new DeletionStarted(termination, "0".repeat(64)))))
                    .as("a stranger writes to " + topic)
                    .isNotNull();
        }
        assertUntouched();
    }

    /** On its own topic a service can write what it likes; in another's name it is not believed. */
    @Test
    void whatAServiceSaysInAnothersNameIsNotBelieved() throws Exception {
        var termination = UUID.randomUUID();
        var forged = List.<Fact>of(
                new TerminationRequested(termination),
                new DeletionStarted(termination, "0".repeat(64)),
                new AssetSanitized(
                        termination,
                        victim.assets().getFirst(),
                        AssetKind.VM,
                        UUID.randomUUID(),
                        0,
                        MediaDigest.ofSanitized(List.of())),
                new TenantAssetsDeleted(termination, 1, Instant.now()));
        for (var fact : forged) {
            for (var source : List.of("tenure.lifecycle", "tenure.notification")) {
                publish(
                        system.platform().kafka().clientSettings("notification"),
                        "tenure.notification",
                        event(source, fact));
            }
        }
        // Its own kind of fact, about a termination that does not exist.
        publish(
                system.platform().kafka().clientSettings("notification"),
                "tenure.notification",
                event(
                        "tenure.notification",
                        new NoticeDelivered(
                                UUID.randomUUID(),
                                NoticeKind.RETENTION_WARNING,
                                termination,
                                1,
                                1,
                                Channel.EMAIL,
                                "<forged@test.invalid>",
                                1)));
        for (var consumer : List.of("lifecycle", "provisioning", "audit")) {
            victim.await(
                    consumer + " puts the forged facts aside",
                    () -> system.journal().deadLetters(consumer, key).stream()
                                    .filter(letter -> letter.topic().startsWith("tenure.notification."))
                                    .count()
                            >= forged.size() * 2L);
        }
        assertUntouched();
    }

    /** Not even the administrator of the bus deletes a tenant that lifecycle did not order to be deleted. */
    @Test
    void aDeletionThatLifecycleDidNotOrderDeletesNothing() {
        var termination = UUID.randomUUID();
        system.journal()
                .publish(
                        "tenure.lifecycle",
                        key,
                        codec.encode(event("tenure.lifecycle", new DeletionStarted(termination, "0".repeat(64)))));
        for (var consumer : List.of("provisioning", "credential")) {
            victim.await(
                    consumer + " puts the forged deletion aside",
                    () -> system.journal().deadLetters(consumer, key).stream().anyMatch(letter -> letter.headers()
                            .getOrDefault("dead-letter-reason", "")
                            .contains("ordered no such deletion")));
        }
        assertUntouched();
    }

    private void assertUntouched() {
        assertThat(victim.get("provisioning", "/v1/tenants/" + key)
                        .json()
                        .get("status")
                        .asText())
                .isEqualTo("ACTIVE");
        assertThat(victim.get("provisioning", "/v1/vms/" + victim.assets().getFirst())
                        .json()
                        .get("status")
                        .asText())
                .isEqualTo("PROVISIONED");
    }

    /** @param topic whose service it says it comes from */
    private Event event(String topic, Fact fact) {
        return new Event(
                UUID.randomUUID(),
                "/tenure/" + topic.substring("tenure.".length()),
                "/v1/tenants/" + key,
                Instant.now(),
                victim.tenantId(),
                null,
                null,
                fact);
    }

    private void publish(Map<String, Object> settings, String topic, Event event) throws Exception {
        settings.put("max.block.ms", 10_000);
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, key, codec.encode(event))).get();
        }
    }
}

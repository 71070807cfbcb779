package io.tenure.events;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ProvenanceTest {

    private final UUID tenant = UUID.randomUUID();
    private final String key = tenant.toString();

    @Test
    void typeSourceAndTopicAreOfOneService() {
        for (Topic topic : Topic.values()) {
            for (Topic source : Topic.values()) {
                for (Topic domain : Topic.values()) {
                    String type = "io.tenure." + domain.service() + ".SomethingHappened";
                    boolean believed = Provenance.refusal(topic.topicName(), key, type, source.source(), tenant)
                            .isEmpty();
                    assertEquals(topic == source && topic == domain, believed, topic + " " + source + " " + domain);
                }
            }
        }
    }

    @Test
    void everyServiceTellsOfAdministrativeActionsInItsOwnName() {
        String type = EventType.of(AdministrativeActionPerformed.class);
        for (Topic topic : Topic.values()) {
            for (Topic source : Topic.values()) {
                assertEquals(
                        topic == source,
                        Provenance.refusal(topic.topicName(), key, type, source.source(), tenant)
                                .isEmpty());
            }
        }
    }

    @Test
    void theKeyIsTheTenant() {
        for (String wrong : new String[] {null, "", UUID.randomUUID().toString(), key.toUpperCase()}) {
            assertEquals(
                    Optional.of("its key is not its tenant"),
                    Provenance.refusal(
                            "tenure.lifecycle",
                            wrong,
                            "io.tenure.lifecycle.TenantDeleted",
                            "/tenure/lifecycle",
                            tenant));
        }
    }

    @Test
    void aDomainIsNoPrefixOfAnother() {
        assertEquals(
                Optional.of("its type is not one of the service that this topic belongs to"),
                Provenance.refusal(
                        "tenure.lifecycle", key, "io.tenure.lifecycleX.TenantDeleted", "/tenure/lifecycle", tenant));
        assertEquals(
                Optional.of("the topic is none that facts are published on"),
                Provenance.refusal("tenure.other", key, "io.tenure.other.Fact", "/tenure/other", tenant));
    }
}

package io.tenure.events;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Checks that an event comes from the service that publishes its type. The broker lets one service write to a topic,
 * but on its own topic that service could still use another's name. So each consumer checks that type, {@code source}
 * and topic belong to the same service, and that the record's key is the tenant.
 */
public final class Provenance {

    private static final String EVERY_SERVICES = EventType.of(AdministrativeActionPerformed.class);

    private Provenance() {}

    /**
     * @param topic where the record was read
     * @param key the record's key
     * @param type the event's CloudEvents {@code type}, known to this version or not
     * @param source its CloudEvents {@code source}
     * @return why the record is not believed, without quoting it; empty if it is believed
     */
    public static Optional<String> refusal(
            String topic, @Nullable String key, String type, String source, UUID tenantId) {
        for (Topic known : Topic.values()) {
            if (known.topicName().equals(topic)) {
                return refusal(known, key, type, source, tenantId);
            }
        }
        return Optional.of("the topic is none that facts are published on");
    }

    private static Optional<String> refusal(
            Topic topic, @Nullable String key, String type, String source, UUID tenantId) {
        if (!source.equals(topic.source())) {
            return Optional.of("its source is not the service that this topic belongs to");
        }
        if (!type.startsWith("io.tenure." + topic.service() + ".") && !type.equals(EVERY_SERVICES)) {
            return Optional.of("its type is not one of the service that this topic belongs to");
        }
        return tenantId.toString().equals(key) ? Optional.empty() : Optional.of("its key is not its tenant");
    }
}

package io.tenure.events;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Whether an event comes from where its kind comes from. Each topic has one writer, and the broker sees to that; but a writer
 * could still speak in another's name on its own topic, so consumers look: type, {@code source} and topic must be of the same
 * service, and the record's key the tenant.
 */
public final class Provenance {

    private static final String EVERY_SERVICES = EventType.of(AdministrativeActionPerformed.class);

    private Provenance() {}

    /**
     * @param topic where the record was read
     * @param key the record's key
     * @param type the event's CloudEvents {@code type}, known to this version or not
     * @param source its CloudEvents {@code source}
     * @return why it is not to be believed; quotes nothing of the record. Empty if it is
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

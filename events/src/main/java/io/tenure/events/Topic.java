package io.tenure.events;

import java.util.Locale;

/**
 * The Kafka topics, one for each producing service. Records are keyed by tenant id, so a tenant's facts keep their
 * order.
 */
public enum Topic {
    PROVISIONING,
    LIFECYCLE,
    CREDENTIAL,
    AUDIT,
    NOTIFICATION;

    /** Name on the broker, for example {@code tenure.lifecycle}. */
    public String topicName() {
        return "tenure." + service();
    }

    /** The service that produces this topic, for example {@code lifecycle}. */
    public String service() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** CloudEvents {@code source} of what is published here, for example {@code /tenure/lifecycle}. */
    public String source() {
        return "/tenure/" + service();
    }

    /** Where {@code consumer} (a service's name) puts records of this topic that it cannot process. */
    public String deadLetterName(String consumer) {
        return topicName() + "." + consumer + ".dlq";
    }
}

package io.tenure.local.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The topics of the platform: one per producing service, and a dead-letter topic per topic and consuming service. */
public final class Topics {

    /** Partitions of every topic: how many replicas of a consumer can share it. */
    public static final int PARTITIONS = 6;

    /** The topics that facts are published on. */
    public static final List<String> FACTS = List.of(
            "tenure.provisioning", "tenure.lifecycle", "tenure.credential", "tenure.audit", "tenure.notification");

    private static final Map<String, List<String>> CONSUMED = Map.of(
            "provisioning", List.of("tenure.lifecycle", "tenure.credential", "tenure.notification"),
            "lifecycle", List.of("tenure.provisioning", "tenure.credential", "tenure.notification"),
            "credential", List.of("tenure.provisioning", "tenure.lifecycle"),
            "notification", List.of("tenure.credential", "tenure.lifecycle"),
            "audit", FACTS);

    private static final long DAY_MS = 24L * 60 * 60 * 1000;

    /**
     * How long facts are kept: longer than a consumer may be away. Dead letters are kept as long, and a service
     * remembers events ({@code tenure.inbox.keep}) for longer than both and a replay together: what comes that late
     * must not count twice. By the broker's clock: by the sender's, the broker would refuse the records of a sender
     * that is a day ahead.
     */
    public static final Map<String, String> SETTINGS =
            Map.of("retention.ms", Long.toString(30 * DAY_MS), "message.timestamp.type", "LogAppendTime");

    private Topics() {}

    /** The services, each of which has one topic that it alone writes. */
    public static List<String> services() {
        return CONSUMED.keySet().stream().sorted().toList();
    }

    /** The topic that a service publishes its facts on. */
    public static String of(String service) {
        return "tenure." + service;
    }

    /** The topics whose facts a service acts on. */
    public static List<String> consumedBy(String service) {
        return CONSUMED.get(service);
    }

    /** Where a service puts records of a topic that it cannot process. */
    public static String deadLetter(String topic, String service) {
        return topic + "." + service + ".dlq";
    }

    /** The dead-letter topics: {@code <topic>.<consuming service>.dlq}. */
    public static List<String> deadLetters() {
        var topics = new ArrayList<String>();
        CONSUMED.forEach((service, consumed) -> consumed.forEach(topic -> topics.add(deadLetter(topic, service))));
        return topics.stream().sorted().toList();
    }

    /** Facts and dead letters. */
    public static List<String> all() {
        var topics = new ArrayList<>(FACTS);
        topics.addAll(deadLetters());
        return topics;
    }
}

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
            "provisioning", List.of("tenure.lifecycle", "tenure.notification"),
            "lifecycle", List.of("tenure.provisioning", "tenure.credential", "tenure.notification"),
            "credential", List.of("tenure.provisioning", "tenure.lifecycle"),
            "notification", List.of("tenure.credential", "tenure.lifecycle"),
            "audit", FACTS);

    private Topics() {}

    /** The dead-letter topics: {@code <topic>.<consuming service>.dlq}. */
    public static List<String> deadLetters() {
        var topics = new ArrayList<String>();
        CONSUMED.forEach((service, consumed) -> consumed.forEach(topic -> topics.add(topic + "." + service + ".dlq")));
        return topics.stream().sorted().toList();
    }

    /** Facts and dead letters. */
    public static List<String> all() {
        var topics = new ArrayList<>(FACTS);
        topics.addAll(deadLetters());
        return topics;
    }
}

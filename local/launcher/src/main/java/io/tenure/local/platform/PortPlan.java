package io.tenure.local.platform;

import io.tenure.local.server.Ports;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which part listens where: fixed numbers, all shifted by the same offset.
 *
 * @param offset added to every port
 */
public record PortPlan(int offset) {

    private static final Map<String, Integer> BASE = base();
    private static final int HIGHEST_PORT = 65_535;

    private static Map<String, Integer> base() {
        var ports = new LinkedHashMap<String, Integer>();
        ports.put("postgresql", 15432);
        ports.put("kafka", 19092);
        ports.put("kafka controller", 19093);
        ports.put("keycloak", 8180);
        ports.put("zipkin", 9411);
        ports.put("smtp", 3025);
        ports.put("imap", 3143);
        for (var service : Services.ALL) {
            ports.put(service.name(), service.port());
        }
        return ports;
    }

    /** Refuses an offset that leaves the range of ports. */
    public PortPlan {
        int highest = BASE.values().stream().mapToInt(p -> p).max().orElseThrow();
        if (offset < 0 || offset > HIGHEST_PORT - highest) {
            throw new IllegalArgumentException(
                    "--port-offset is between 0 and " + (HIGHEST_PORT - highest) + ", and not " + offset);
        }
    }

    /** The port of a part, for instance {@code kafka} or {@code lifecycle}. */
    public int of(String part) {
        return BASE.get(part) + offset;
    }

    /** A port that something else listens on, with the part that wants it; empty when all are free. */
    public Optional<Map.Entry<String, Integer>> firstTaken() {
        return BASE.keySet().stream()
                .map(part -> Map.entry(part, of(part)))
                .filter(p -> !Ports.isFree(p.getValue()))
                .findFirst();
    }

    /** This plan where it is free, or else the next one, a hundred further each time, that is. */
    public PortPlan orNextFree() {
        return Stream.iterate(this, p -> new PortPlan(p.offset + 100))
                .filter(p -> p.firstTaken().isEmpty())
                .findFirst()
                .orElseThrow();
    }

    /** @throws PlatformException naming port, part and the way out, when one is taken */
    public void requireFree() {
        firstTaken().ifPresent(taken -> {
            throw new PlatformException("Port " + taken.getValue() + ", which " + taken.getKey()
                    + " needs, is in use by another program. Stop that program, or shift all ports of Tenure: ./tenure up"
                    + " --port-offset " + orNextFree().offset());
        });
    }
}

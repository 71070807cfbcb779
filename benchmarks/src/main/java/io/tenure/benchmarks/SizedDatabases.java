package io.tenure.benchmarks;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Databases of a service at each scale, for {@link SwitchedDatabase}. A turn on a small one would make it noticeably bigger,
 * so each turn gets a copy of its own; the largest is the same each time and grows by a few percent.
 */
final class SizedDatabases {

    private final SwitchedDatabase databases;
    private final Map<Scale, Iterator<String>> next = new EnumMap<>(Scale.class);

    SizedDatabases(SwitchedDatabase databases) {
        this.databases = databases;
    }

    /** How many of its turns a scale's database sees. */
    static int turnsOfOne(Scale scale, int turns) {
        return scale == Scale.HUNDRED ? turns : 1;
    }

    /**
     * Adds a scale.
     *
     * @param filled its database, which nobody is connected to
     * @param turns how often it is used at most
     */
    void add(Scale scale, String filled, int turns) throws Exception {
        next.put(
                scale,
                scale == Scale.HUNDRED
                        ? Stream.generate(() -> filled).iterator()
                        : List.copyOf(databases.copies(filled, turns)).iterator());
    }

    /** Puts one of this scale under the service, as it was filled. */
    void use(Scale scale) throws Exception {
        databases.use(next.getOrDefault(scale, Collections.emptyIterator()).next());
    }
}

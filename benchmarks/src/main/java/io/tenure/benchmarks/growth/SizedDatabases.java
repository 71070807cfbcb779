package io.tenure.benchmarks.growth;

import io.tenure.benchmarks.fill.SwitchedDatabase;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Databases of a service at each scale, for {@link SwitchedDatabase}. A turn on a small one would make it noticeably
 * bigger, so each turn gets a copy of its own; the largest of the run is the same each time and grows a little.
 */
final class SizedDatabases {

    private final SwitchedDatabase databases;
    private final Scale largest;
    private final Map<Scale, Iterator<String>> next = new EnumMap<>(Scale.class);

    /** @param scales those of the run, the smallest first */
    SizedDatabases(SwitchedDatabase databases, List<Scale> scales) {
        this.databases = databases;
        this.largest = scales.getLast();
    }

    /** Whether a scale's database is the same in each turn. */
    boolean staysFor(Scale scale) {
        return scale == largest;
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
                staysFor(scale)
                        ? Stream.generate(() -> filled).iterator()
                        : List.copyOf(databases.copies(filled, turns)).iterator());
    }

    /** Puts one of this scale under the service, as it was filled. */
    void use(Scale scale) throws Exception {
        databases.use(next.getOrDefault(scale, Collections.emptyIterator()).next());
    }
}

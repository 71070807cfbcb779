package io.tenure.benchmarks.cascade;

import com.fasterxml.jackson.databind.JsonNode;
import io.tenure.local.platform.Http;
import io.tenure.local.platform.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.StreamSupport;

/**
 * A trace as a table, one line per span in the order in which they began: shows where nobody worked on it, and when, so
 * that it can be compared with recordings of the same moment.
 */
final class Waterfall {

    private Waterfall() {}

    /** Writes what Zipkin has of a trace. */
    static void write(Platform platform, String traceId, Path file) throws IOException {
        var answer = Http.get(platform.zipkin().url().resolve("/api/v2/trace/" + traceId));
        Files.createDirectories(file.getParent());
        Files.writeString(file, table(answer.json()));
    }

    /** @param spans as Zipkin's API shows them, times in microseconds */
    static String table(JsonNode spans) {
        var sorted = StreamSupport.stream(spans.spliterator(), false)
                .sorted(Comparator.comparingLong(Waterfall::began))
                .toList();
        var table = new StringBuilder("began " + Instant.EPOCH.plus(began(sorted.getFirst()), ChronoUnit.MICROS) + "\n"
                + "      ms  takes ms  service          span\n");
        for (var span : sorted) {
            table.append(String.format(
                    Locale.ROOT,
                    "%8.1f  %8.1f  %-15s  %s%n",
                    (began(span) - began(sorted.getFirst())) / 1e3,
                    span.path("duration").asLong() / 1e3,
                    span.at("/localEndpoint/serviceName").asText(),
                    span.path("name").asText()));
        }
        return table.toString();
    }

    private static long began(JsonNode span) {
        return span.path("timestamp").asLong();
    }
}

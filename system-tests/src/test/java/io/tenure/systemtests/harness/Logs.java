package io.tenure.systemtests.harness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The services' logs, shortened for people. */
final class Logs {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TAIL_BYTES = 1 << 20;

    private Logs() {}

    /** The last lines that are warnings, errors or not JSON at all; the last of any kind where there are none. */
    static List<String> notable(Path log, int count) {
        var lines = tail(log);
        var notable =
                lines.stream().map(Logs::shorten).flatMap(Optional::stream).toList();
        var shown = notable.isEmpty() ? lines : notable;
        return shown.subList(Math.max(0, shown.size() - count), shown.size());
    }

    private static List<String> tail(Path log) {
        try (var file = new RandomAccessFile(log.toFile(), "r")) {
            var from = Math.max(0, file.length() - TAIL_BYTES);
            var bytes = new byte[(int) (file.length() - from)];
            file.seek(from);
            file.readFully(bytes);
            // The first line of a tail is rarely whole.
            return new String(bytes, StandardCharsets.UTF_8)
                    .lines()
                    .skip(from == 0 ? 0 : 1)
                    .toList();
        } catch (IOException e) {
            return List.of(e.toString());
        }
    }

    private static Optional<String> shorten(String line) {
        try {
            var json = JSON.readTree(line);
            var level = json.path("level").asText();
            if (level.equals("INFO") || level.equals("DEBUG")) {
                return Optional.empty();
            }
            var thrown = json.path("exception");
            return Optional.of(json.path("@timestamp").asText() + " " + level + " "
                    + json.path("loggerName").asText() + ": "
                    + json.path("message").asText()
                    + (thrown.isMissingNode()
                            ? ""
                            : " | " + thrown.path("exceptionType").asText() + ": "
                                    + thrown.path("message").asText()));
        } catch (JsonProcessingException e) {
            return Optional.of(line);
        }
    }
}

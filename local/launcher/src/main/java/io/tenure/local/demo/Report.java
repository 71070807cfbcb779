package io.tenure.local.demo;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What came of the demo, as {@code --report} writes it.
 *
 * @param ok whether every check held
 * @param stages in their order; those after a failed one were not begun and are absent
 * @param certificate where the received certificate lies, absent until it was received
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Report(
        boolean ok, String tenantId, String terminationId, List<Done> stages, Trace trace, String certificate) {

    /**
     * A stage.
     *
     * @param startedAt ISO-8601
     * @param millis how long it took
     * @param evidence what proves it, or what failed
     */
    public record Done(String name, boolean ok, String startedAt, long millis, String evidence) {}

    /** The termination's trace and the services seen in it. */
    public record Trace(String id, List<String> services) {}

    /** Writes it as JSON. */
    public void write(Path file) throws IOException {
        if (file.toAbsolutePath().getParent() != null) {
            Files.createDirectories(file.toAbsolutePath().getParent());
        }
        var json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        Files.writeString(file, json.writeValueAsString(this) + "\n");
    }
}

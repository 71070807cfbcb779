package io.tenure.systemtests.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tenure.local.platform.Http;
import io.tenure.systemtests.harness.Journal;
import io.tenure.systemtests.harness.SystemUnderTest;
import io.tenure.systemtests.harness.Waiting;
import io.tenure.systemtests.story.Story;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The audit service's log, read over REST as an auditor does. */
public final class AuditLog {

    private AuditLog() {}

    /** Every entry that passes this query, for instance {@code tenantId=…}, in the order of the log. */
    public static List<JsonNode> entries(SystemUnderTest system, String query) {
        var entries = new ArrayList<JsonNode>();
        String cursor = "";
        do {
            var answer = get(system, "/v1/events?limit=200&" + query + cursor);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            answer.json().get("items").forEach(entries::add);
            cursor = answer.json().has("next")
                    ? "&cursor=" + answer.json().get("next").asText()
                    : "";
        } while (!cursor.isEmpty());
        return entries;
    }

    /** Checks that the log has each of the tenant's events once and nothing else of it, and serves the published bytes. */
    public static void checkHoldsExactly(Story story) {
        var system = story.system();
        system.journal().catchUp();
        Map<String, byte[]> published = system.journal().records(story.tenantId()).stream()
                .collect(Collectors.toMap(
                        r -> r.event().orElseThrow().id().toString(),
                        Journal.Entry::value,
                        (first, again) -> first,
                        LinkedHashMap::new));
        Waiting.untilAsserted(story.label() + ": the log holds each event once", () -> assertThat(
                        entries(system, "tenantId=" + story.tenantId()).stream()
                                .map(e -> e.get("id").asText()))
                .containsExactlyInAnyOrderElementsOf(published.keySet()));
        published.forEach(
                (id, bytes) -> assertThat(get(system, "/v1/events/" + id).body())
                        .as("event %s as it was published", id)
                        .isEqualTo(new String(bytes, StandardCharsets.UTF_8)));
    }

    private static Http.Answer get(SystemUnderTest system, String path) {
        return system.get(
                "audit", path, "Authorization", "Bearer " + system.tokens().user("auditor"));
    }
}

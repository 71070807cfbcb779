package io.tenure.systemtests.story;

import io.tenure.events.Event;
import io.tenure.local.platform.Http;
import java.util.Comparator;

/** What happened to a tenant, one line per event, for whoever looks for the reason of a failure. */
final class Chronicle {

    private Chronicle() {}

    static String of(Story story) {
        var text = new StringBuilder("=== ")
                .append(story.label())
                .append(", tenant ")
                .append(story.tenantId());
        if (story.terminationId() != null) {
            text.append(", termination ").append(story.terminationId()).append(termination(story));
        }
        text.append('\n');
        story.events().stream().sorted(Comparator.comparing(Event::time)).forEach(e -> text.append("    ")
                .append(e.time())
                .append("  ")
                .append(e.fact())
                .append('\n'));
        for (var letter : story.system().journal().all()) {
            if (letter.isDeadLetter() && story.tenantId().toString().equals(letter.key())) {
                text.append("    dead letter on ")
                        .append(letter.topic())
                        .append(": ")
                        .append(letter.headers())
                        .append('\n');
            }
        }
        return text.toString();
    }

    private static String termination(Story story) {
        var system = story.system();
        try {
            var now = Http.get(
                            system.url("lifecycle").resolve("/v1/terminations/" + story.terminationId()),
                            "Authorization",
                            "Bearer " + system.tokens().crm())
                    .json();
            return " " + now.get("state").asText() + " blockers " + now.get("blockers");
        } catch (RuntimeException | AssertionError e) {
            return " (lifecycle does not answer: " + e.getMessage() + ")";
        }
    }
}

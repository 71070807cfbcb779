package io.tenure.local.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.utils.SecurityUtils;
import org.junit.jupiter.api.Test;

class TopicsTest {

    /** The broker makes no topic by itself, so a name that is missing on containers would stop a service there. */
    @Test
    void containersHaveTheSameTopics() throws IOException, InterruptedException {
        assertEquals(sorted(Topics.all()), sorted(printed("--list")));
    }

    @Test
    void containersHaveTheSameRules() throws IOException, InterruptedException {
        assertEquals(
                sorted(KafkaAccess.rules().stream()
                        .map(rule -> String.join(
                                " ",
                                rule.entry().principal().substring("User:".length()),
                                SecurityUtils.operationName(rule.entry().operation()),
                                rule.pattern().resourceType().name().toLowerCase(Locale.ROOT),
                                rule.pattern().patternType() == PatternType.PREFIXED
                                        ? rule.pattern().name() + "*"
                                        : rule.pattern().name()))
                        .toList()),
                sorted(printed("--rules")));
    }

    private static List<String> printed(String option) throws IOException, InterruptedException {
        var script = WorkingCopy.find().orElseThrow().root().resolve("deploy/containers/create-topics.sh");
        var listing = new ProcessBuilder("bash", script.toString(), option)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var printed = new String(listing.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertEquals(0, listing.waitFor());
        return printed.lines().toList();
    }

    private static List<String> sorted(List<String> names) {
        return names.stream().sorted().toList();
    }
}

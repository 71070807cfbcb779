package io.tenure.local.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.utils.SecurityUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicsTest {

    /** The broker makes no topic by itself, so a name that is missing on containers would stop a service there. */
    @Test
    void containersHaveTheSameTopics() throws IOException, InterruptedException {
        assertEquals(sorted(Topics.all()), sorted(printed("--list")));
    }

    @Test
    void containersHaveTheSameRules() throws IOException, InterruptedException {
        assertEquals(rules(), sorted(printed("--rules")));
    }

    /** Its calls, as tools see them that write them down. */
    @Test
    void containersTellTheBrokerEveryRule(@TempDir Path bin) throws IOException, InterruptedException {
        for (var tool : List.of("topics", "configs", "acls")) {
            var file = Files.writeString(bin.resolve("kafka-" + tool + ".sh"), "#!/bin/sh\necho \"" + tool + " $*\"\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        var env = new HashMap<>(Map.of("KAFKA_BIN", bin.toString(), "KAFKA_ADMIN_PASSWORD", "a"));
        KafkaAccess.accounts().forEach(a -> env.put("KAFKA_" + a.toUpperCase(Locale.ROOT) + "_PASSWORD", "b"));
        var calls = printed(env, "broker:1").stream().map(c -> c.split(" ")).toList();
        var told = new ArrayList<String>();
        for (var call : calls.stream().filter(c -> c[0].equals("acls")).toList()) {
            var words = List.of(call);
            var account = words.get(words.indexOf("--allow-principal") + 1).substring("User:".length());
            var operation = words.get(words.indexOf("--operation") + 1);
            var prefixed =
                    words.get(words.indexOf("--resource-pattern-type") + 1).equals("prefixed");
            for (int i = 0; i < call.length; i++) {
                switch (call[i]) {
                    case "--topic", "--group" ->
                        told.add(account + " " + operation + " " + call[i].substring(2) + " " + call[i + 1]
                                + (prefixed ? "*" : ""));
                    case "--cluster" -> told.add(account + " " + operation + " cluster kafka-cluster");
                    default -> {}
                }
            }
        }
        assertEquals(rules(), sorted(told));
        var made = calls.stream()
                .filter(c -> c[0].equals("topics"))
                .map(c -> c[List.of(c).indexOf("--topic") + 1])
                .toList();
        assertEquals(sorted(Topics.all()), sorted(made));
    }

    private static List<String> rules() {
        return sorted(KafkaAccess.rules().stream()
                .map(rule -> String.join(
                        " ",
                        rule.entry().principal().substring("User:".length()),
                        SecurityUtils.operationName(rule.entry().operation()),
                        rule.pattern().resourceType().name().toLowerCase(Locale.ROOT),
                        rule.pattern().patternType() == PatternType.PREFIXED
                                ? rule.pattern().name() + "*"
                                : rule.pattern().name()))
                .toList());
    }

    private static List<String> printed(String option) throws IOException, InterruptedException {
        return printed(Map.of(), option);
    }

    private static List<String> printed(Map<String, String> env, String argument)
            throws IOException, InterruptedException {
        var script = WorkingCopy.find().orElseThrow().root().resolve("deploy/containers/create-topics.sh");
        var program =
                new ProcessBuilder("bash", script.toString(), argument).redirectError(ProcessBuilder.Redirect.INHERIT);
        program.environment().putAll(env);
        var listing = program.start();
        var printed = new String(listing.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertEquals(0, listing.waitFor());
        return printed.lines().toList();
    }

    private static List<String> sorted(List<String> names) {
        return names.stream().sorted().toList();
    }
}

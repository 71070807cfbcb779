package io.tenure.systemtests.harness;

import io.tenure.local.server.WorkingCopy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The command line, run as people run it. */
public final class Launcher {

    /** How a command ended. @param output both streams */
    public record Outcome(int status, String output) {}

    private Launcher() {}

    /** Runs {@code ./tenure} with the JDK of this JVM, and waits for its end. */
    public static Outcome run(String... arguments) {
        var root = WorkingCopy.find().orElseThrow().root();
        var command = new ArrayList<String>();
        command.add(root.resolve("tenure").toString());
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command)
                .directory(root.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
        builder.environment().put("TENURE_JAVA_HOME", System.getProperty("java.home"));
        try {
            var process = builder.start();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}

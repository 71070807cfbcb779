package io.tenure.local.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {

    @TempDir
    private Path dir;

    private ChildProcess start(String script) throws IOException {
        return ChildProcess.start(new ChildProcess.Spec(
                "sample",
                List.of("sh", "-c", script),
                Map.of("GIVEN", "by environment"),
                dir,
                dir.resolve("sample.log"),
                dir.resolve("run"),
                0,
                "TERM"));
    }

    @Test
    void stopsInOrderAndForgetsThePidFile() throws IOException {
        var child = start("trap 'echo ended in order; exit 0' TERM; echo up; while :; do sleep 0.05; done");
        assertTrue(Files.exists(dir.resolve("run/sample.pid")));
        await().until(() -> child.lastLines(1).equals(List.of("up")));
        child.stop(Duration.ofSeconds(30));
        assertFalse(child.isAlive());
        assertEquals(List.of("ended in order"), child.lastLines(1));
        assertFalse(Files.exists(dir.resolve("run/sample.pid")));
    }

    @Test
    void endsByForceWhatDoesNotListen() throws IOException {
        var child = start("trap '' TERM; echo up; while :; do sleep 0.05; done");
        await().until(() -> child.lastLines(1).equals(List.of("up")));
        child.stop(Duration.ofMillis(200));
        assertFalse(child.isAlive());
    }

    @Test
    void aStartThatFailsSaysWhyWithTheLastLines() throws IOException {
        var child = start("echo first; echo \"the reason, $GIVEN\"; exit 7");
        var failure =
                assertThrows(StartFailure.class, () -> Readiness.await(child, Duration.ofSeconds(30), () -> false));
        assertTrue(failure.getMessage().startsWith("sample ended with status 7"), failure.getMessage());
        assertTrue(failure.getMessage().contains("the reason, by environment"), failure.getMessage());
        await().until(() -> !Files.exists(dir.resolve("run/sample.pid")));
    }

    @Test
    void nothingOutlivesAKilledSupervisor() throws Exception {
        var supervisor = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Supervisor.class.getName(),
                        dir.toString())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("supervisor.log").toFile())
                .start();
        var file = dir.resolve("run/child.pid");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> PidFile.read(file).flatMap(PidFile::process).isPresent());
        var child = PidFile.read(file).orElseThrow();
        supervisor.destroyForcibly().waitFor();
        await().atMost(Duration.ofSeconds(60)).until(() -> child.process().isEmpty());
    }

    /** A JVM that starts a child and is then killed. */
    static final class Supervisor {

        private Supervisor() {}

        public static void main(String[] args) throws Exception {
            var dir = Path.of(args[0]);
            var child = ChildProcess.start(new ChildProcess.Spec(
                    "child",
                    List.of("sleep", "600"),
                    Map.of(),
                    dir,
                    dir.resolve("child.log"),
                    dir.resolve("run"),
                    0,
                    "TERM"));
            child.onExit().join();
        }
    }
}

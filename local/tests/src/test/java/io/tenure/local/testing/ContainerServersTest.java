package io.tenure.local.testing;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tenure.local.process.StartFailure;
import io.tenure.local.server.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;

@EnabledIfSystemProperty(
        named = TestServers.SWITCH,
        matches = "containers",
        disabledReason = "about containers: -Pcontainers; ChildProcessTest is its sister for processes")
class ContainerServersTest {

    /** A test's JVM: starts servers, says so, and waits to be killed. */
    static final class Main {

        public static void main(String[] args) throws IOException, InterruptedException {
            var infra = TestInfra.start("sample");
            Files.writeString(
                    Path.of(args[0]),
                    infra.postgres().port() + " " + infra.kafka().port() + " " + DockerClientFactory.SESSION_ID + "\n");
            Thread.currentThread().join();
        }
    }

    @Test
    void aServerThatEndsWhileItStartsSaysWhy() {
        try (var servers = TestServers.chosen("failing")) {
            // The image makes no database without a password of the superuser.
            var failure =
                    assertThrows(StartFailure.class, () -> servers.postgres("").start());
            assertTrue(
                    failure.getMessage().startsWith("postgresql ended with status 1 while starting"),
                    failure.getMessage());
            assertTrue(failure.getMessage().contains("superuser password is not specified"), failure.getMessage());
        }
    }

    @Test
    void aKilledJvmLeavesNoContainersAndNoVolumes(@TempDir Path dir) throws Exception {
        var volumes = volumes();
        var said = dir.resolve("said");
        var jvm = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-D" + TestServers.SWITCH + "=containers",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Main.class.getName(),
                        said.toString()))
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("log").toFile())
                .start();
        try {
            await().atMost(Duration.ofMinutes(2)).until(() -> !jvm.isAlive() || isComplete(said));
            assertTrue(jvm.isAlive(), () -> read(dir.resolve("log")));
            var words = Files.readString(said).strip().split(" ");
            assertFalse(containers(words[2]).isEmpty());
            jvm.destroyForcibly().waitFor();

            // Ryuk gives a client that was cut off ten seconds to come back.
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> containers(words[2]).isEmpty());
            assertTrue(Ports.isFree(Integer.parseInt(words[0])));
            assertTrue(Ports.isFree(Integer.parseInt(words[1])));
            await().atMost(Duration.ofMinutes(1)).until(() -> volumes.containsAll(volumes()));
        } finally {
            jvm.destroyForcibly();
        }
    }

    private static boolean isComplete(Path said) throws IOException {
        return Files.exists(said) && Files.readString(said).endsWith("\n");
    }

    private static List<String> containers(String session) {
        return DockerClientFactory.lazyClient()
                .listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(List.of(DockerClientFactory.TESTCONTAINERS_SESSION_ID_LABEL + "=" + session))
                .exec()
                .stream()
                .map(com.github.dockerjava.api.model.Container::getId)
                .toList();
    }

    private static List<String> volumes() {
        var volumes = DockerClientFactory.lazyClient().listVolumesCmd().exec().getVolumes();
        return volumes == null
                ? List.of()
                : volumes.stream().map(volume -> volume.getName()).toList();
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }
}

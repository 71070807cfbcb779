package io.tenure.local.platform;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tenure.local.process.RunUser;
import io.tenure.local.process.StartFailure;
import io.tenure.local.server.Ports;
import io.tenure.local.server.WorkingCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class PlatformTest {

    @Test
    void namesThePartThatFailedAndNotThoseThatItStoppedThen() throws IOException {
        var layout = Layout.at(WorkingCopy.find().orElseThrow(), Path.of("target", "platform"));
        State.drop(layout);
        breakDatabase(layout);
        var ports = new PortPlan(ThreadLocalRandom.current().nextInt(5, 100) * 100).orNextFree();
        try (var platform = new Platform(layout, ports, Retention.scaled(Duration.ofSeconds(8)))) {
            var failure =
                    assertThrows(StartFailure.class, () -> platform.startServers(new Progress(System.out, false)));
            assertTrue(failure.getMessage().startsWith("postgresql ended with status "), failure.getMessage());
            for (var part : platform.parts()) {
                assertTrue(Ports.isFree(part.port()), part.name());
                assertTrue(part.process().stream().noneMatch(p -> p.isAlive()), part.name());
            }
        } finally {
            State.drop(layout);
        }
    }

    /** PostgreSQL takes the directory for one of its own, reads on, and ends, when the other parts have begun to start. */
    private static void breakDatabase(Layout layout) throws IOException {
        var data = RunUser.unprivileged().reachable(layout.data("postgresql")).resolve("data");
        Files.createDirectories(data);
        Files.writeString(data.resolve("PG_VERSION"), "none\n");
    }
}

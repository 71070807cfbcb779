package io.tenure.local.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.tenure.local.server.Directories;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunUserTest {

    @Test
    void rootsServerRunsAsSomebodyElseAndFindsAPlaceThatItCanReach(@TempDir Path dir) throws Exception {
        Assumptions.assumeTrue(
                Integer.valueOf(0).equals(Files.getAttribute(dir, "unix:uid")),
                "only root runs servers as another user");
        var closed = Files.createDirectory(
                dir.resolve("closed"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        var user = RunUser.unprivileged();
        var wanted = closed.resolve("data");
        var reachable = user.reachable(wanted);
        try {
            assertNotEquals(wanted, reachable);
            assertEquals(reachable, user.reachable(wanted), "found again");
            var process = new ProcessBuilder(
                            user.wrap(List.of("sh", "-c", "id -u; cd \"$0\" && pwd", reachable.toString())))
                    .start();
            var said =
                    new String(process.getInputStream().readAllBytes()).lines().toList();
            assertNotEquals("0", said.getFirst());
            assertEquals(reachable.toString(), said.getLast());
        } finally {
            Directories.delete(reachable);
        }
    }

    @Test
    void anOpenPlaceIsTakenAsItIs() throws Exception {
        var open = Files.createDirectories(Path.of("target", "open").toAbsolutePath());
        var reachable = RunUser.unprivileged().reachable(open);
        if (!reachable.equals(open)) {
            // This working copy itself lies where other users cannot enter.
            Directories.delete(reachable);
            Assumptions.abort("the working copy is closed to other users");
        }
        assertEquals(open, reachable);
    }
}

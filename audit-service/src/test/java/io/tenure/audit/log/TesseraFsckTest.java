package io.tenure.audit.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.restassured.RestAssured;
import io.tenure.audit.AuditTest;
import io.tenure.audit.Sample;
import io.tenure.kit.Ids;
import io.tenure.kit.access.Roles;
import io.tenure.kit.testing.TestTokens;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tessera's {@code fsck}, an independent checker for logs of this format, checks the whole log as it is served: every
 * tile, every entry, the signed root. Runs in the profile {@code tessera} and needs Go 1.24 or newer on the path.
 */
@AuditTest
@Tag("tessera")
class TesseraFsckTest {

    private static final String FSCK = "github.com/transparency-dev/tessera/cmd/fsck@v1.0.4";

    @Inject
    Sequencer sequencer;

    @TempDir
    Path dir;

    @Test
    void fsckFindsTheLogSound() throws Exception {
        boolean go = hasGo();
        if (!go) {
            System.out.println("skipped: fsck needs Go on the path (apt install golang, or https://go.dev/dl)");
        }
        assumeTrue(go, "Go is not on the path");
        for (int size : new int[] {1, 300, 256, 411}) {
            sequencer
                    .append(Sample.several(size, Ids.next()).stream()
                            .map(Sample::entry)
                            .toList())
                    .await()
                    .atMost(Duration.ofSeconds(60));
        }
        Path key = Files.writeString(
                dir.resolve("log.vkey"), RestAssured.get("/log/vkey").asString());
        Path output = dir.resolve("fsck.log");
        Process fsck = new ProcessBuilder(List.of(
                        "go",
                        "run",
                        FSCK,
                        "-storage_url=" + RestAssured.baseURI + ":" + RestAssured.port + "/log/",
                        "-public_key=" + key,
                        "-bearer_token=" + TestTokens.of("audit", Roles.AUDITOR),
                        "-N=4",
                        "-ui=false"))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertTrue(fsck.waitFor(10, TimeUnit.MINUTES), "fsck did not end");
        } finally {
            fsck.destroyForcibly();
        }
        System.out.println(Files.readString(output));
        assertEquals(0, fsck.exitValue(), () -> "fsck found the log unsound, see its output above");
    }

    private static boolean hasGo() throws InterruptedException {
        try {
            return new ProcessBuilder("go", "version").start().waitFor() == 0;
        } catch (IOException missing) {
            return false;
        }
    }
}

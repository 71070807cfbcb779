package io.tenure.local.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {

    @TempDir
    private Path run;

    @Test
    void findsTheRecordedProcessAsLongAsItRuns() throws Exception {
        var process = new ProcessBuilder("sleep", "600").start();
        PidFile.of("sample", process.pid(), 4711).write(run);
        var read = PidFile.read(PidFile.path(run, "sample")).orElseThrow();
        assertEquals(4711, read.port());
        assertEquals(Optional.of(process.pid()), read.process().map(ProcessHandle::pid));
        process.destroyForcibly().waitFor();
        assertTrue(read.process().isEmpty());
    }

    @Test
    void neverTakesAnotherProcessOfTheSamePidForIt() {
        var self = ProcessHandle.current().pid();
        var mine = PidFile.of("self", self, 0);
        assertTrue(mine.process().isPresent());
        var earlier = new PidFile("self", self, mine.identity().replaceAll("\\d+$", "1"), 0);
        assertTrue(earlier.process().isEmpty(), "a process that began at another time");
        var otherBoot = new PidFile("self", self, "00000000-0000-0000-0000-000000000000/1", 0);
        assertTrue(otherBoot.process().isEmpty(), "a process of another boot");
    }

    @Test
    void readsNothingFromAnAbsentOrBrokenFile() throws IOException {
        assertTrue(PidFile.read(run.resolve("absent.pid")).isEmpty());
        assertTrue(PidFile.read(Files.writeString(run.resolve("broken.pid"), "pid="))
                .isEmpty());
        assertFalse(PidFile.of("gone", Long.MAX_VALUE, 0).process().isPresent());
    }
}

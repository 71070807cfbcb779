package io.tenure.local.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tenure.local.process.ChildProcess;
import io.tenure.local.process.Readiness;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassArchiveTest {

    @TempDir
    private Path dir;

    @Test
    void theFirstOrderlyEndLeavesAnArchiveThatLaterStartsMapAtTheSamePlace() throws IOException {
        assertEquals(Optional.empty(), placeOfArchiveInOneRun(), "nothing to map yet");
        var second = placeOfArchiveInOneRun();
        assertTrue(second.isPresent(), "the archive is in use");
        assertEquals(
                second, placeOfArchiveInOneRun(), "a moved archive is rewritten, page by page, into private memory");
    }

    @Test
    void aDamagedArchiveDoesNotKeepItsProgramFromStarting() throws IOException {
        placeOfArchiveInOneRun();
        try (var archives = Files.list(dir.resolve("archives"))) {
            Files.write(archives.findFirst().orElseThrow(), new byte[4096]);
        }
        assertEquals(Optional.empty(), placeOfArchiveInOneRun());
    }

    /**
     * Starts the JDK's file server and stops it in order. Returns where it had mapped the archive's classes, if
     * anywhere.
     */
    private Optional<String> placeOfArchiveInOneRun() throws IOException {
        var archive = ClassArchive.of(dir.resolve("archives"), "files", List.of(), true);
        var port = Ports.free();
        var command = new ArrayList<>(JavaCommand.java(32));
        command.addAll(archive.options());
        command.addAll(List.of("-m", "jdk.httpserver", "-b", "127.0.0.1", "-p", Integer.toString(port)));
        var child = ChildProcess.start(
                new ChildProcess.Spec("files", command, Map.of(), dir, dir.resolve("files.log"), null, port, "TERM"));
        try {
            Readiness.awaitAnswer(child, Duration.ofMinutes(1), URI.create("http://127.0.0.1:" + port + "/"));
            try (var maps = Files.lines(Path.of("/proc", Long.toString(child.pid()), "maps"))) {
                return maps.filter(line -> line.contains(dir.resolve("archives").toString()))
                        .map(line -> line.substring(0, line.indexOf('-')))
                        .findFirst();
            }
        } finally {
            child.stop(archive.timeToEnd());
            archive.settle(child);
        }
    }
}

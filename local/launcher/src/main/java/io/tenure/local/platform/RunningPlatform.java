package io.tenure.local.platform;

import io.tenure.local.process.ChildProcess;
import io.tenure.local.process.PidFile;
import io.tenure.local.server.ClassArchive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What other commands know of a platform that is up: who supervises it, on which ports, and which processes belong to it.
 * All of it is files below the run directory, and no process is touched that is not certainly one of these.
 */
public final class RunningPlatform {

    private static final String SUPERVISOR = "supervisor";

    /**
     * More than services, servers and database may take one after the other, when each leaves an archive at its first
     * end.
     */
    private static final Duration STOP_LIMIT =
            ClassArchive.LONGEST_END.multipliedBy(2).plusMinutes(1);

    private static final Duration LEFTOVER_LIMIT = Duration.ofSeconds(15);

    private final Layout layout;

    /** The platform of this layout, up or not. */
    public RunningPlatform(Layout layout) {
        this.layout = layout;
    }

    /** The supervising JVM, where it runs. */
    public Optional<ProcessHandle> supervisor() {
        return PidFile.read(PidFile.path(layout.run(), SUPERVISOR)).flatMap(PidFile::process);
    }

    /** This JVM supervises from now on, with these ports; not everything is ready yet. */
    public void claim(PortPlan ports) throws IOException {
        Files.createDirectories(layout.run());
        Files.deleteIfExists(ready());
        new PidFile(
                        SUPERVISOR,
                        ProcessHandle.current().pid(),
                        PidFile.of(SUPERVISOR, ProcessHandle.current().pid(), 0).identity(),
                        ports.offset())
                .write(layout.run());
    }

    /** Everything is ready. */
    public void markReady() throws IOException {
        Files.writeString(ready(), "");
    }

    /** Whether a supervisor runs and everything was ready. */
    public boolean isReady() {
        return Files.exists(ready()) && supervisor().isPresent();
    }

    /** Where the parts listen; empty when no supervisor runs. */
    public Optional<PortPlan> ports() {
        return PidFile.read(PidFile.path(layout.run(), SUPERVISOR))
                .filter(f -> f.process().isPresent())
                .map(f -> new PortPlan(f.port()));
    }

    /** This JVM no longer supervises. */
    public void release() throws IOException {
        Files.deleteIfExists(ready());
        Files.deleteIfExists(PidFile.path(layout.run(), SUPERVISOR));
    }

    /** The records of all processes, the supervisor's left out, by name. */
    public List<PidFile> children() {
        if (!Files.isDirectory(layout.run())) {
            return List.of();
        }
        try (var files = Files.list(layout.run())) {
            return files.filter(f -> f.toString().endsWith(".pid"))
                    .map(PidFile::read)
                    .flatMap(Optional::stream)
                    .filter(f -> !f.name().equals(SUPERVISOR))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Stops the supervisor, which stops what it started, and then whatever a killed one has left.
     *
     * @return whether anything ran
     */
    public boolean stop() throws IOException {
        var supervisor = supervisor();
        supervisor.ifPresent(s -> end(s, STOP_LIMIT));
        var left = endLeftovers();
        release();
        return supervisor.isPresent() || left > 0;
    }

    /**
     * Ends processes whose supervisor is gone, and forgets records of processes that are gone themselves.
     *
     * @return how many were ended
     */
    public int endLeftovers() throws IOException {
        int ended = 0;
        for (var child : children()) {
            var process = child.process();
            process.ifPresent(p -> end(p, LEFTOVER_LIMIT));
            ended += process.isPresent() ? 1 : 0;
            Files.deleteIfExists(PidFile.path(layout.run(), child.name()));
        }
        return ended;
    }

    private static void end(ProcessHandle process, Duration limit) {
        ChildProcess.signal(process.pid(), "TERM");
        try {
            process.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            process.destroyForcibly();
            process.onExit().join();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Path ready() {
        return layout.run().resolve("ready");
    }
}

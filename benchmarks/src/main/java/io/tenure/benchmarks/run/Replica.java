package io.tenure.benchmarks.run;

import io.tenure.benchmarks.load.HttpLoad;
import io.tenure.local.process.ChildProcess;
import io.tenure.local.process.StartFailure;
import io.tenure.local.server.JavaCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A packaged Quarkus program in a JVM with the options of the container image. */
final class Replica implements Running {

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final long POLL_MILLIS = 20;

    private final ChildProcess child;
    private final URI url;
    private final Path log;
    private final Duration ready;

    private Replica(ChildProcess child, URI url, Path log, long began) throws IOException, InterruptedException {
        this.child = child;
        this.url = url;
        this.log = log;
        try {
            awaitReady(began + LIMIT.toNanos());
        } catch (IOException | InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
        this.ready = Duration.ofNanos(System.nanoTime() - began);
    }

    /**
     * Starts it and returns when it is ready.
     *
     * @param jar its quarkus-run.jar
     * @param dir its working directory
     * @param options of its JVM, beside those of the image
     * @param env its configuration; an empty value removes a variable
     * @throws StartFailure when it ends first, or is not ready within three minutes
     */
    static Replica start(
            Path jar,
            String name,
            int port,
            int heapMiB,
            List<String> options,
            Path dir,
            Path log,
            Map<String, String> env)
            throws IOException, InterruptedException {
        if (!Files.exists(jar)) {
            throw new IOException(jar + " is missing: run ./tenure build");
        }
        Files.createDirectories(dir);
        var command = new ArrayList<>(JavaCommand.asInProduction(heapMiB));
        command.addAll(options);
        command.add("-Djava.util.logging.manager=org.jboss.logmanager.LogManager");
        command.add("-jar");
        command.add(jar.toString());
        var all = new HashMap<>(env);
        all.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        all.put("QUARKUS_HTTP_PORT", Integer.toString(port));
        long began = System.nanoTime();
        var child = ChildProcess.start(new ChildProcess.Spec(name, command, all, dir, log, null, port, "TERM"));
        return new Replica(child, URI.create("http://127.0.0.1:" + port), log, began);
    }

    private void awaitReady(long deadline) throws IOException, InterruptedException {
        while (!isReady()) {
            if (!child.isAlive()) {
                var status = child.onExit().join();
                throw new StartFailure(
                        child.name(), "ended with status " + status + " before it was ready", child.lastLines(15));
            }
            if (System.nanoTime() > deadline) {
                throw new StartFailure(
                        child.name(), "was not ready within " + LIMIT.toSeconds() + " s", child.lastLines(15));
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    private boolean isReady() {
        try (var http = HttpLoad.open(url, 1)) {
            return http.get(0, "/q/health/ready").status() == 200;
        } catch (IOException e) {
            // Nobody listens yet, or whoever does is not up to answering.
            return false;
        }
    }

    @Override
    public void awaitReady() throws IOException, InterruptedException {
        awaitReady(System.nanoTime() + LIMIT.toNanos());
    }

    @Override
    public URI url() {
        return url;
    }

    @Override
    public long pid() {
        return child.pid();
    }

    @Override
    public Duration ready() {
        return ready;
    }

    @Override
    public long rssKiB() {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(pid()), "status"))) {
            return lines.filter(l -> l.startsWith("VmRSS:"))
                    .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Path log() {
        return log;
    }

    @Override
    public void close() {
        child.stop(Duration.ofSeconds(20));
    }
}

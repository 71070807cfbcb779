package io.tenure.local.server;

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

/** Zipkin with its traces in memory: they are gone when it stops. */
public final class ZipkinServer implements LocalServer {

    /**
     * How it runs.
     *
     * @param dir its working directory
     * @param log its log file
     * @param runDir for the pid file, or null
     * @param port where it listens
     */
    public record Config(Path dir, Path log, Path runDir, int port) {}

    private final Config config;
    private volatile ChildProcess child;

    /** A server that is not started yet. */
    public ZipkinServer(Config config) {
        this.config = config;
    }

    @Override
    public String name() {
        return "zipkin";
    }

    @Override
    public int port() {
        return config.port();
    }

    /** The server's base address. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + port());
    }

    @Override
    public void start() throws IOException {
        Files.createDirectories(config.dir());
        var command = new ArrayList<>(JavaCommand.java(192));
        command.addAll(List.of("-jar", Artifacts.find("zipkin-server-").toString()));
        // Zipkin has no option for the interface: this is the setting of the server below it.
        command.addAll(List.of(
                "--armeria.ports[0].ip=127.0.0.1",
                "--armeria.ports[0].port=" + port(),
                "--armeria.ports[0].protocols[0]=http"));
        var env = Map.of("STORAGE_TYPE", "mem", "MEM_MAX_SPANS", "100000", "SELF_TRACING_ENABLED", "false");
        child = ChildProcess.start(new ChildProcess.Spec(
                name(), command, env, config.dir(), config.log(), config.runDir(), port(), "TERM"));
        Readiness.awaitAnswer(child, Duration.ofSeconds(120), url().resolve("/health"));
    }

    @Override
    public void stop() {
        if (child != null) {
            child.stop(Duration.ofSeconds(10));
        }
    }

    @Override
    public Optional<ChildProcess> process() {
        return Optional.ofNullable(child);
    }
}

package io.tenure.local.platform;

import io.tenure.local.process.ChildProcess;
import io.tenure.local.process.Readiness;
import io.tenure.local.server.ClassArchive;
import io.tenure.local.server.JavaCommand;
import io.tenure.local.server.LocalServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One replica of a service: its packaged program in a JVM of its own. Several replicas of a service run beside each other
 * with different names and ports.
 */
public final class ServiceProcess implements LocalServer {

    private static final int HEAP_MIB = 160;

    private final Layout layout;
    private final Services.Service service;
    private final String name;
    private final int port;
    private final Map<String, String> env;
    private volatile ClassArchive archive;
    private volatile ChildProcess child;

    /**
     * A replica that is not started yet.
     *
     * @param name of this replica: names its log and its pid file
     * @param port where it listens
     * @param env its configuration, see {@link ServiceSettings}; secrets are allowed here
     */
    public ServiceProcess(Layout layout, Services.Service service, String name, int port, Map<String, String> env) {
        this.layout = layout;
        this.service = service;
        this.name = name;
        this.port = port;
        this.env = Map.copyOf(env);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int port() {
        return port;
    }

    /** Its base address. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    @Override
    public void start() throws IOException {
        launch();
        awaitReady(Duration.ofSeconds(120));
    }

    /** Starts the process and does not wait for it. */
    public void launch() throws IOException {
        var program = service.program(layout.root());
        if (!Files.exists(program)) {
            throw new PlatformException("Service " + service.name() + " is not built. Run ./tenure build");
        }
        var dir = layout.data(name);
        Files.createDirectories(dir);
        // One archive per service: replicas share it.
        archive = layout.archive(service.name(), service.jars(layout.root()));
        List<String> command = new ArrayList<>(JavaCommand.java(HEAP_MIB));
        // A small young generation is collected more often and leaves less of the heap touched.
        command.addAll(List.of("-Xms40m", "-Xmn8m"));
        command.addAll(archive.options());
        command.add("-Djava.util.logging.manager=org.jboss.logmanager.LogManager");
        command.addAll(List.of("-jar", program.toString()));
        var all = new HashMap<>(env);
        all.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        all.put("QUARKUS_HTTP_PORT", Integer.toString(port));
        child = ChildProcess.start(
                new ChildProcess.Spec(name, command, all, dir, layout.log(name), layout.run(), port, "TERM"));
    }

    /**
     * Returns when the service says that it is ready.
     *
     * @throws io.tenure.local.process.StartFailure when it ends first or the limit passes
     */
    public void awaitReady(Duration limit) {
        Readiness.awaitAnswer(child, limit, url().resolve("/q/health/ready"));
    }

    /** Ends it without warning (SIGKILL). */
    public void kill() {
        if (child != null) {
            child.kill();
            archive.settle(child);
        }
    }

    /** Stops it in order and starts it again. */
    public void restart() throws IOException {
        stop();
        start();
    }

    @Override
    public void stop() {
        if (child != null) {
            child.stop(archive.timeToEnd());
            archive.settle(child);
        }
    }

    @Override
    public Optional<ChildProcess> process() {
        return Optional.ofNullable(child);
    }

    /** Its log file. */
    public Path log() {
        return layout.log(name);
    }
}

package io.tenure.local.command;

import io.tenure.local.platform.Layout;
import io.tenure.local.platform.Platform;
import io.tenure.local.platform.PlatformException;
import io.tenure.local.platform.PortPlan;
import io.tenure.local.platform.Progress;
import io.tenure.local.platform.Retention;
import io.tenure.local.platform.RunningPlatform;
import io.tenure.local.platform.Services;
import io.tenure.local.process.Session;
import io.tenure.local.server.JavaCommand;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./tenure up}: starts the platform and stays with it, or leaves a supervisor in the background. */
@Command(name = "up", mixinStandardHelpOptions = true, description = "Start the platform; Ctrl-C stops it.")
final class UpCommand implements Callable<Integer> {

    /** The supervisor is this program again, with a command line of its own. */
    @Spec
    private CommandSpec program;

    @Option(names = "--detach", description = "Leave it running in the background; ./tenure down stops it.")
    private boolean detach;

    @Option(names = "--port-offset", paramLabel = "N", description = "Shift every port by N.")
    private int offset;

    @Option(names = "--retention", paramLabel = "PERIOD", description = "Retention of terminated tenants (P30D).")
    private Duration retention = Retention.PRODUCTION.period();

    @Option(names = "--servers-only", description = "Start no services, for work on one of them.")
    private boolean serversOnly;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var layout = Layout.of(Here.copy());
        var running = new RunningPlatform(layout);
        var ports = Here.plan(offset);
        if (running.supervisor().isPresent()) {
            System.out.println("The platform is up already.\n");
            System.out.println(new Summary(running.ports().orElse(ports), layout).text());
            return 0;
        }
        var left = running.endLeftovers();
        if (left > 0) {
            System.out.println("Ended " + left + " process(es) that a killed supervisor had left.");
        }
        ports.requireFree();
        if (!serversOnly) {
            requireBuilt(layout);
        }
        return detach ? startSupervisor(layout, running, ports) : supervise(layout, running, ports);
    }

    private static void requireBuilt(Layout layout) {
        for (var service : Services.ALL) {
            if (!Files.exists(service.program(layout.root()))) {
                throw new PlatformException("Service " + service.name() + " is not built. Run ./tenure build");
            }
        }
    }

    private Integer supervise(Layout layout, RunningPlatform running, PortPlan ports)
            throws IOException, InterruptedException {
        running.claim(ports);
        var platform = new Platform(layout, ports, retention());
        var stopped = new CompletableFuture<Void>();
        var hook = new Thread(() -> stop(platform, running, stopped), "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        var crashed = new CompletableFuture<Platform.Crash>();
        platform.onCrash(crash -> {
            System.err.println("tenure: " + crash.report());
            var service = Services.ALL.stream().anyMatch(s -> s.name().equals(crash.part()));
            if (service) {
                System.err.println("tenure: the rest stays up; ./tenure down and ./tenure up start it again");
            } else {
                crashed.complete(crash);
            }
        });
        var progress = Progress.onStandardOutput();
        if (serversOnly) {
            platform.startServers(progress);
        } else {
            platform.start(progress);
        }
        progress.done();
        running.markReady();
        System.out.println();
        System.out.println(new Summary(ports, layout).text());
        System.out.println(detachedOutput() ? "" : "\nCtrl-C stops everything.");
        System.out.flush();
        crashed.join();
        System.err.println("tenure: stopping the rest");
        return 1;
    }

    private static boolean detachedOutput() {
        return Boolean.getBoolean("tenure.supervisor");
    }

    private static void stop(Platform platform, RunningPlatform running, CompletableFuture<Void> stopped) {
        if (!detachedOutput()) {
            System.out.println("\nstopping");
        }
        platform.close();
        try {
            running.release();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            stopped.complete(null);
        }
    }

    private Retention retention() {
        try {
            return Retention.scaled(retention);
        } catch (IllegalArgumentException e) {
            throw new PlatformException(e.getMessage());
        }
    }

    private Integer startSupervisor(Layout layout, RunningPlatform running, PortPlan ports)
            throws IOException, InterruptedException {
        var log = layout.log("supervisor");
        Files.createDirectories(log.getParent());
        Files.deleteIfExists(log);
        var command = new ArrayList<>(JavaCommand.java(128));
        command.addAll(List.of(
                "-Dtenure.root=" + layout.root(),
                "-Dtenure.supervisor=true",
                "-cp",
                System.getProperty("java.class.path"),
                program.root().userObject().getClass().getName(),
                "up",
                "--port-offset=" + ports.offset(),
                "--retention=" + retention));
        if (serversOnly) {
            command.add("--servers-only");
        }
        var supervisor = new ProcessBuilder(Session.apart(command))
                .directory(layout.root().toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(log.toFile())
                .start();
        long shown = 0;
        while (supervisor.isAlive() && !running.isReady()) {
            shown = show(log, shown);
            supervisor.waitFor(200, TimeUnit.MILLISECONDS);
        }
        // What it printed between becoming ready and now, or before it failed.
        supervisor.waitFor(500, TimeUnit.MILLISECONDS);
        show(log, shown);
        if (!supervisor.isAlive()) {
            return 1;
        }
        System.out.println("It runs in the background: ./tenure status shows it, ./tenure down stops it.");
        return 0;
    }

    private static long show(Path log, long from) throws IOException {
        try (var file = new RandomAccessFile(log.toFile(), "r")) {
            var bytes = new byte[(int) (file.length() - from)];
            file.seek(from);
            file.readFully(bytes);
            System.out.print(new String(bytes, StandardCharsets.UTF_8));
            System.out.flush();
            return from + bytes.length;
        }
    }
}

package io.tenure.local.command;

import io.tenure.local.compose.ComposeDeployment;
import io.tenure.local.demo.Demo;
import io.tenure.local.demo.Deployment;
import io.tenure.local.demo.LocalDeployment;
import io.tenure.local.platform.Layout;
import io.tenure.local.platform.Platform;
import io.tenure.local.platform.PlatformException;
import io.tenure.local.platform.PortPlan;
import io.tenure.local.platform.Progress;
import io.tenure.local.platform.Retention;
import io.tenure.local.platform.RunningPlatform;
import io.tenure.local.platform.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./tenure demo}: one tenant's whole life on a platform of its own; exit status 0 only if every check held. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "One tenant's whole life on real servers, every step checked.")
final class DemoCommand implements Callable<Integer> {

    /** What else than a platform of its own the demo can be played on. */
    enum Target {
        compose
    }

    @Option(
            names = "--against",
            paramLabel = "compose",
            description =
                    "Start nothing, and use the containers of docker-compose.yml. They must have been started with"
                            + " docker-compose.demo.yml, which says how long the retention is.")
    private Target against;

    @Option(names = "--retention", paramLabel = "PERIOD", description = "In place of 30 days (PT20S).")
    private Optional<Duration> retention;

    @Option(names = "--keep", description = "Leave everything running afterwards, until Ctrl-C.")
    private boolean keep;

    @Option(names = "--report", paramLabel = "FILE", description = "Write the outcome as JSON.")
    private Path report;

    @Option(names = "--port-offset", paramLabel = "N", description = "Shift every port by N (free ones are chosen).")
    private Integer offset;

    @Override
    public Integer call() throws IOException {
        return against == null ? onItsOwn() : onContainers();
    }

    private Integer onContainers() throws IOException {
        if (retention.isPresent() || keep || offset != null) {
            throw new PlatformException("--retention, --keep and --port-offset are for a platform that the demo starts."
                    + " With --against compose the compose file says all that");
        }
        var root = Here.copy().root();
        try (var deployment = ComposeDeployment.find(root)) {
            boolean ok =
                    play(deployment, root.resolve(ComposeDeployment.SECRETS).resolve("evidence"));
            if (!ok) {
                System.out.println("Logs: docker compose logs, for the service in question");
            }
            return ok ? 0 : 1;
        }
    }

    private Integer onItsOwn() throws IOException {
        var layout = Layout.beside(Here.copy(), Here.DEMO);
        var running = new RunningPlatform(layout);
        if (running.supervisor().isPresent()) {
            throw new PlatformException("another demo runs in this working copy (process "
                    + running.supervisor().get().pid() + ")");
        }
        running.endLeftovers();
        State.drop(layout);
        var ports = offset == null ? new PortPlan(0).orNextFree() : Here.plan(offset);
        ports.requireFree();
        var platform = new Platform(layout, ports, policy());
        running.claim(ports);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(platform, running), "stop"));
        platform.onCrash(crash -> System.err.println("tenure: " + crash.report()));
        boolean ok = play(new LocalDeployment(platform), layout.state().resolve("evidence"));
        if (!ok) {
            System.out.println("Logs: " + Here.copy().root().relativize(layout.logs()) + "/*.log");
        }
        if (keep) {
            running.markReady();
            System.out.println();
            System.out.println(new Summary(ports, layout).text());
            System.out.println("\nCtrl-C stops everything.");
            // Never completed: the end is a signal.
            new CompletableFuture<Void>().join();
        }
        return ok ? 0 : 1;
    }

    private boolean play(Deployment deployment, Path evidence) throws IOException {
        var demo = new Demo(deployment, evidence, System.out, Progress.onStandardOutput());
        var outcome = demo.run();
        demo.summarize(outcome);
        if (report != null) {
            outcome.write(report);
        }
        return outcome.ok();
    }

    private Retention policy() {
        try {
            return Retention.scaled(retention.orElse(Duration.ofSeconds(20)));
        } catch (IllegalArgumentException e) {
            throw new PlatformException(e.getMessage());
        }
    }

    private static void stop(Platform platform, RunningPlatform running) {
        platform.close();
        try {
            running.release();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.tenure.local.command;

import io.tenure.local.demo.Demo;
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

    @Option(names = "--retention", paramLabel = "PERIOD", description = "In place of 30 days (${DEFAULT-VALUE}).")
    private Duration retention = Duration.ofSeconds(20);

    @Option(names = "--keep", description = "Leave everything running afterwards, until Ctrl-C.")
    private boolean keep;

    @Option(names = "--report", paramLabel = "FILE", description = "Write the outcome as JSON.")
    private Path report;

    @Option(names = "--port-offset", paramLabel = "N", description = "Shift every port by N (free ones are chosen).")
    private Integer offset;

    @Override
    public Integer call() throws IOException {
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
        var demo = new Demo(platform, layout.state().resolve("evidence"), System.out, Progress.onStandardOutput());
        var outcome = demo.run();
        demo.summarize(outcome);
        if (report != null) {
            outcome.write(report);
        }
        if (!outcome.ok()) {
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
        return outcome.ok() ? 0 : 1;
    }

    private Retention policy() {
        try {
            return Retention.scaled(retention);
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

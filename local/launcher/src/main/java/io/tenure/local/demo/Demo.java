package io.tenure.local.demo;

import io.tenure.local.platform.Progress;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One tenant's whole life on real servers, every step checked. */
public final class Demo {

    private static final List<Stage> STORY = List.of(
            new CreateTenant(),
            new HandOverAdministrator(),
            new FirstLogin(),
            new OrderAssets(),
            new RevealMachine(),
            new RequestTermination(),
            new Disablement(),
            new HoldAndExtension(),
            new RetentionWaited(),
            new Deletion(),
            new AccessGone(),
            new CertificateByMail(),
            new OfflineProofs(),
            new OneTrace());

    private final Deployment deployment;
    private final Path evidence;
    private final PrintStream out;
    private final Progress progress;
    private final long began = System.nanoTime();
    private final List<Report.Done> done = new ArrayList<>();

    /**
     * A demo that has not begun.
     *
     * @param deployment where it is played; the demo opens it
     * @param evidence where certificate and proofs are kept
     */
    public Demo(Deployment deployment, Path evidence, PrintStream out, Progress progress) {
        this.deployment = deployment;
        this.evidence = evidence;
        this.out = out;
        this.progress = progress;
    }

    /** Runs all of it; stops at the first check that does not hold. */
    public Report run() {
        out.println("A tenant's life, from order to certified deletion. Retention: "
                + deployment.retention().period() + " in place of 30 days.\n");
        boolean ok = stage(0, deployment.opening(), () -> deployment.open(progress));
        if (!ok) {
            return new Report(false, null, null, List.copyOf(done), null, null);
        }
        try (var events = new EventWatch(deployment.kafka(), out, began)) {
            var story = new Story(deployment, evidence, events);
            for (int i = 0; ok && i < STORY.size(); i++) {
                var stage = STORY.get(i);
                ok = stage(i + 1, stage.name(), () -> stage.run(story));
            }
            return new Report(
                    ok,
                    story.tenantId,
                    story.terminationId,
                    List.copyOf(done),
                    new Report.Trace(story.traceId, story.traceServices),
                    story.certificate == null ? null : story.certificate.toString());
        }
    }

    private interface Step {
        String run() throws Exception;
    }

    private boolean stage(int number, String name, Step step) {
        out.printf(Locale.ROOT, "[%2d/%d] %s%n", number, STORY.size(), name);
        var startedAt = Instant.now();
        var start = System.nanoTime();
        String evidenceLine;
        boolean ok = true;
        try {
            evidenceLine = step.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            ok = false;
            evidenceLine = "interrupted";
        } catch (Exception e) {
            ok = false;
            evidenceLine = e instanceof CheckFailed ? e.getMessage() : e.toString();
        }
        var millis = (System.nanoTime() - start) / 1_000_000;
        done.add(new Report.Done(name, ok, startedAt.toString(), millis, evidenceLine));
        out.printf(Locale.ROOT, "        %s  %.1f s  %s%n", ok ? "ok" : "FAILED", millis / 1000.0, evidenceLine);
        out.flush();
        return ok;
    }

    /** The closing table: each stage, its time, what proves it. */
    public void summarize(Report report) {
        out.println();
        out.printf(Locale.ROOT, "%-6s %8s  %-44s %s%n", "", "SECONDS", "STAGE", "WHAT PROVES IT");
        for (var stage : report.stages()) {
            out.printf(
                    Locale.ROOT,
                    "%-6s %8.1f  %-44s %s%n",
                    stage.ok() ? "ok" : "FAILED",
                    stage.millis() / 1000.0,
                    stage.name(),
                    stage.evidence());
        }
        out.printf(
                Locale.ROOT,
                "%n%s after %.1f s%n",
                report.ok() ? "Every check held" : "A check did NOT hold",
                progress.elapsed().toMillis() / 1000.0);
    }
}

package io.tenure.benchmarks;

import io.tenure.benchmarks.load.Answered;
import io.tenure.benchmarks.meter.Contention;
import io.tenure.benchmarks.meter.Machine;
import io.tenure.benchmarks.meter.MemoryLatency;
import io.tenure.benchmarks.report.Report;
import io.tenure.benchmarks.run.Bench;
import io.tenure.benchmarks.run.Benchmark;
import io.tenure.local.server.WorkingCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./tenure bench}: runs benchmarks and writes their results. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures the hot paths beside their peers, on real servers on this machine.")
public final class Main implements Callable<Integer> {

    @Parameters(arity = "0..*", paramLabel = "NAME", description = "Which ones; all of them where none is named.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--quick",
            description =
                    "Fewer and shorter rounds and smaller data, for a first look: its figures are not to be cited.")
    private boolean quick;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "How often everything is measured (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--profile",
            description = "Record where the services spend their time, as <service>-<process>.jfr beside the results;"
                    + " for 'jfr view cpu-time-hot-methods' and the like, in benchmarks.jfr when each operation of an open"
                    + " loop was answered and how late, and of the cascade the traces of single tenants."
                    + " What is measured suffers a little.")
    private boolean profile;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** Exits with 0 when everything was measured, 1 when a benchmark could not be, 2 for a wrong command line. */
    public static void main(String[] args) {
        if (System.getProperty("org.slf4j.simpleLogger.defaultLogLevel") == null) {
            System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
        }
        var line = new CommandLine(new Main());
        line.getCommandSpec().usageMessage().footer(footer());
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            e.printStackTrace(command.getErr());
            return 1;
        });
        System.exit(line.execute(args));
    }

    private static String[] footer() {
        var lines = new ArrayList<>(List.of("", "Names:"));
        Benchmarks.ALL.forEach(b -> lines.add("  %-10s %-3s %s".formatted(b.name(), b.id(), b.title())));
        return lines.toArray(String[]::new);
    }

    @Override
    public Integer call() throws IOException {
        var chosen = chosen();
        if (rounds < 1) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--rounds is at least 1");
        }
        var copy = WorkingCopy.find()
                .orElseThrow(() -> new IOException("this is no working copy of Tenure: run ./tenure bench in one"));
        var began = LocalDateTime.now();
        var dir = copy.state().resolve("bench").resolve(began.format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss")));
        var options = new LinkedHashMap<String, String>();
        options.put("run", began.format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm")) + (quick ? ", quick" : ""));
        options.put("rounds", Integer.toString(rounds));
        Report report;
        try (var recording = profile ? record(dir) : null;
                var bench = new Bench(copy, quick, rounds, profile ? dir : null)) {
            report = new Report(Machine.describe(bench.scratch()), options, Benchmarks.ALL);
            for (var benchmark : Benchmarks.inOrderOfRunning(chosen)) {
                measure(bench, benchmark, report, dir);
            }
        }
        System.out.print(report.table());
        System.out.println("\nresults: " + dir);
        return report.hasFailures() ? 1 : 0;
    }

    /** The load's own side, with what would have held it up itself; written when it is closed. */
    private static Recording record(Path dir) throws IOException {
        var recording = new Recording();
        recording.setDestination(Files.createDirectories(dir).resolve("benchmarks.jfr"));
        recording.enable(Answered.class);
        recording.enable("jdk.GarbageCollection");
        recording.start();
        return recording;
    }

    /** Written after each benchmark, so that an interrupted run leaves what it has. */
    private static void measure(Bench bench, Benchmark benchmark, Report report, Path dir) throws IOException {
        bench.note("%s. %s: %s".formatted(benchmark.id(), benchmark.name(), benchmark.title()));
        try {
            var memory = MemoryLatency.describe();
            bench.note(memory);
            var before = Contention.now();
            var outcome = benchmark.run(bench);
            var contention = Contention.now().since(before);
            bench.note(contention);
            report.add(
                    benchmark,
                    outcome.with("The machine's memory before it", memory).with("The machine meanwhile", contention));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (Exception e) {
            bench.note(benchmark.name() + " could not be measured");
            e.printStackTrace();
            report.addFailed(benchmark, e);
        }
        report.write(dir);
    }

    private List<Benchmark> chosen() {
        var unknown = names.stream()
                .filter(n -> Benchmarks.ALL.stream().noneMatch(b -> b.name().equals(n)))
                .toList();
        if (!unknown.isEmpty()) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "there is no benchmark " + String.join(", ", unknown) + ". There are "
                            + Benchmarks.ALL.stream().map(Benchmark::name).collect(Collectors.joining(", ")));
        }
        return Benchmarks.ALL.stream()
                .filter(b -> names.isEmpty() || names.contains(b.name()))
                .toList();
    }
}

package io.tenure.benchmarks;

import io.tenure.benchmarks.cascade.CascadeBenchmark;
import io.tenure.benchmarks.command.CommandBenchmark;
import io.tenure.benchmarks.cost.CostBenchmark;
import io.tenure.benchmarks.debezium.DebeziumBenchmark;
import io.tenure.benchmarks.explain.ExplainBenchmark;
import io.tenure.benchmarks.growth.GrowthBenchmark;
import io.tenure.benchmarks.ingest.IngestBenchmark;
import io.tenure.benchmarks.redeem.RedeemBenchmark;
import io.tenure.benchmarks.relay.RelayBenchmark;
import io.tenure.benchmarks.run.Benchmark;
import io.tenure.benchmarks.start.StartBenchmark;
import io.tenure.benchmarks.sweep.SweepBenchmark;
import java.util.Comparator;
import java.util.List;

/** All of them, in the order of the table. */
final class Benchmarks {

    static final List<Benchmark> ALL = List.of(
            new CommandBenchmark(),
            new RelayBenchmark(),
            new DebeziumBenchmark(),
            new IngestBenchmark(),
            new SweepBenchmark(),
            new CascadeBenchmark(),
            new RedeemBenchmark(),
            new StartBenchmark(),
            new GrowthBenchmark(),
            new CostBenchmark(),
            new ExplainBenchmark());

    private Benchmarks() {}

    /** The order to run them in: first what leaves the archives with which the programs of the others start sooner. */
    static List<Benchmark> inOrderOfRunning(List<Benchmark> chosen) {
        return chosen.stream()
                .sorted(Comparator.comparing(benchmark -> !(benchmark instanceof StartBenchmark)))
                .toList();
    }
}

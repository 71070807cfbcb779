package io.tenure.benchmarks;

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
}

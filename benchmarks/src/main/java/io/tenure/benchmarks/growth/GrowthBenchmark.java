package io.tenure.benchmarks.growth;

import io.tenure.benchmarks.report.Figure;
import io.tenure.benchmarks.report.Outcome;
import io.tenure.benchmarks.report.Reach;
import io.tenure.benchmarks.run.Bench;
import io.tenure.benchmarks.run.Benchmark;
import io.tenure.benchmarks.run.Rounds;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** h. The paths a to d with ten and a hundred times the data, each beside itself. */
public final class GrowthBenchmark implements Benchmark {

    /** Flat within 15 %. */
    private static final double REACH = 0.85;

    private static final List<GrowthPath> PATHS =
            List.of(new CommandGrowth(), new RelayGrowth(), new IngestGrowth(), new SweepGrowth());

    @Override
    public String id() {
        return "h";
    }

    @Override
    public String name() {
        return "growth";
    }

    @Override
    public String title() {
        return "Growth: commands, relay, ingest and sweep with 10x and 100x the data";
    }

    @Override
    public Outcome run(Bench bench) throws Exception {
        var figures = new ArrayList<Figure>();
        var reaches = new ArrayList<Reach>();
        var setting = new LinkedHashMap<String, String>();
        setting.put(
                "turns",
                "the sizes take turns in each round, under one service process that was warmed up before: what is small is"
                        + " a fresh copy in each turn, which is put under the service by renaming, so that its connections are"
                        + " new. A ratio is the median of the turns' ratios");
        setting.put(
                "PostgreSQL",
                "fsync and synchronous_commit on, otherwise defaults, so 128 MB of shared buffers: the smallest fits, the largest"
                        + " does not and is in the system's cache");
        for (var path : PATHS) {
            var rates = rates(bench, path);
            figures.addAll(rates.values());
            reaches.addAll(reaches(path, rates));
            setting.put(path.name(), path.how(bench));
        }
        return new Outcome(figures, reaches, setting);
    }

    /** A path that cannot be measured does not take the others with it. */
    private static Map<Scale, Figure> rates(Bench bench, GrowthPath path) throws InterruptedException {
        var rates = new EnumMap<Scale, Figure>(Scale.class);
        for (var scale : Scale.values()) {
            rates.put(scale, missing(path, scale, Scale.ONLY_IN_FULL));
        }
        var scales = Scale.of(bench);
        try {
            rates.putAll(path.measure(bench, scales));
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            bench.note("growth: " + path.name() + " could not be measured");
            e.printStackTrace();
            scales.forEach(scale -> rates.put(scale, missing(path, scale, e.toString())));
        }
        return rates;
    }

    private static Figure missing(GrowthPath path, Scale scale, String why) {
        return Figure.missing(figure(path, scale), path.unit(), why);
    }

    /** The name of a path's figure at a scale. */
    static String figure(GrowthPath path, Scale scale) {
        return "%s, %s: %s".formatted(path.name(), scale, path.size(scale));
    }

    /** Each scale beside the smallest. */
    static List<Reach> reaches(GrowthPath path, Map<Scale, Figure> rates) {
        var reaches = new ArrayList<Reach>();
        for (var scale : List.of(Scale.TEN, Scale.HUNDRED)) {
            var rate = rates.get(scale);
            var what = "%s, rate at %s of that at %s".formatted(path.name(), scale, Scale.ONE);
            reaches.add(
                    rate.isMissing()
                            ? Reach.missing(what, Reach.Sense.AT_LEAST, REACH, rate.missing())
                            : Reach.atLeast(what, rate.timesOf(rates.get(Scale.ONE)), REACH));
        }
        return reaches;
    }

    /** A scale's turn. */
    interface Turn {
        /** @return the rate */
        double perSecond(Scale scale) throws Exception;
    }

    /** Rounds of all scales in turn. */
    static Map<Scale, Figure> alternate(GrowthPath path, List<Scale> scales, int warmups, int rounds, Turn turn)
            throws Exception {
        var units = new LinkedHashMap<String, String>();
        scales.forEach(scale -> units.put(figure(path, scale), path.unit()));
        var figures = Rounds.alternate(
                warmups,
                rounds,
                units,
                scales.stream()
                        .<Rounds.Measurement>map(scale -> () -> Map.of(figure(path, scale), turn.perSecond(scale)))
                        .toArray(Rounds.Measurement[]::new));
        var rates = new EnumMap<Scale, Figure>(Scale.class);
        scales.forEach(scale -> rates.put(scale, figures.get(figure(path, scale))));
        return rates;
    }
}

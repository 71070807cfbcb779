package io.tenure.benchmarks.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The results of one run: as JSON, as tables and as a chart. */
public final class Report {

    /**
     * A benchmark and what came of it.
     *
     * @param failure why it could not be measured at all; null where it was
     */
    record Entry(String id, String name, String title, Outcome outcome, String failure) {}

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final int BAR = 30;

    private final Map<String, String> machine;
    private final Map<String, String> options;
    private final List<String> order;
    private final List<Entry> entries = new ArrayList<>();

    /**
     * A report without a table yet.
     *
     * @param options what the run was asked for
     * @param order of the tables, whatever order they are added in
     */
    public Report(Map<String, String> machine, Map<String, String> options, List<? extends Subject> order) {
        this.machine = new LinkedHashMap<>(machine);
        this.options = new LinkedHashMap<>(options);
        this.order = order.stream().map(Subject::name).toList();
    }

    /** Another table. */
    public void add(Subject benchmark, Outcome outcome) {
        add(new Entry(benchmark.id(), benchmark.name(), benchmark.title(), outcome, null));
    }

    /** A benchmark that could not be measured: shown, not left out. */
    public void addFailed(Subject benchmark, Exception failure) {
        var nothing = new Outcome(
                List.of(Figure.missing("every figure of this benchmark", "", failure.toString())), List.of(), Map.of());
        add(new Entry(benchmark.id(), benchmark.name(), benchmark.title(), nothing, failure.toString()));
    }

    private void add(Entry entry) {
        entries.add(entry);
        entries.sort(Comparator.comparing(e -> order.indexOf(e.name())));
    }

    /** Whether any benchmark could not be measured at all. */
    public boolean hasFailures() {
        return entries.stream().anyMatch(e -> e.failure() != null);
    }

    /** Writes {@code results.json}, {@code results.md} and {@code chart.svg}. */
    public void write(Path dir) throws IOException {
        Files.createDirectories(dir);
        Files.writeString(dir.resolve("results.json"), json() + "\n");
        Files.writeString(dir.resolve("results.md"), markdown());
        Files.writeString(dir.resolve("chart.svg"), new Chart(entries).svg());
    }

    String json() throws IOException {
        var root = JSON.createObjectNode();
        root.set("machine", JSON.valueToTree(machine));
        root.set("options", JSON.valueToTree(options));
        var benchmarks = root.putArray("benchmarks");
        for (var entry : entries) {
            var node = benchmarks.addObject();
            node.put("id", entry.id()).put("name", entry.name()).put("title", entry.title());
            if (entry.failure() != null) {
                node.put("failure", entry.failure());
            }
            figures(node.putArray("figures"), entry.outcome().figures());
            reaches(node.putArray("reaches"), entry.outcome().reaches());
            node.set("setting", JSON.valueToTree(entry.outcome().setting()));
        }
        return JSON.writeValueAsString(root);
    }

    private static void figures(ArrayNode nodes, List<Figure> figures) {
        for (var figure : figures) {
            var node = nodes.addObject().put("name", figure.name()).put("unit", figure.unit());
            if (figure.isMissing()) {
                node.put("missing", figure.missing());
                continue;
            }
            figure.rounds().forEach(node.putArray("rounds")::add);
            node.put("median", figure.median())
                    .put("min", figure.min())
                    .put("max", figure.max())
                    .put("spread", figure.spread());
        }
    }

    private static void reaches(ArrayNode nodes, List<Reach> reaches) {
        for (var reach : reaches) {
            ObjectNode node = nodes.addObject().put("what", reach.what());
            node.put("sense", reach.sense().name()).put("bound", reach.bound());
            reach.value().ifPresent(value -> node.put("value", value));
            if (reach.missing() != null) {
                node.put("missing", reach.missing());
            }
            node.put("met", reach.isMet());
        }
    }

    String markdown() {
        var text = new StringBuilder("# Benchmarks\n\n| machine | |\n| --- | --- |\n");
        machine.forEach((what, value) -> text.append(row(what, value)));
        options.forEach((what, value) -> text.append(row(what, value)));
        for (var entry : entries) {
            text.append("\n## %s. %s\n\n".formatted(entry.id(), entry.title()));
            text.append("| figure | unit | median | spread | lowest | highest | rounds |\n");
            text.append("| --- | --- | ---: | ---: | ---: | ---: | ---: |\n");
            for (var figure : entry.outcome().figures()) {
                text.append(
                        figure.isMissing()
                                ? row(figure.name(), figure.unit(), "missing: " + figure.missing(), "", "", "", "0")
                                : row(
                                        figure.name(),
                                        figure.unit(),
                                        number(figure.median()),
                                        percent(figure.spread()),
                                        number(figure.min()),
                                        number(figure.max()),
                                        Integer.toString(figure.rounds().size())));
            }
            if (!entry.outcome().reaches().isEmpty()) {
                text.append("\n| reach | is | asked | |\n| --- | ---: | ---: | --- |\n");
                entry.outcome().reaches().forEach(r -> text.append(row(r.what(), is(r), asked(r), verdict(r))));
            }
            entry.outcome()
                    .setting()
                    .forEach((what, value) ->
                            text.append("\n**").append(what).append(".**").append(setting(value)));
        }
        return text.toString();
    }

    private static String setting(String value) {
        return value.contains("\n") ? "\n\n```\n" + value.strip() + "\n```\n" : " " + value + "\n";
    }

    /** For a terminal: a bar reaches the bar's mark where the reach is met. */
    public String table() {
        var text = new StringBuilder();
        for (var entry : entries) {
            text.append("\n%s  %s\n".formatted(entry.id(), entry.title()));
            for (var figure : entry.outcome().figures()) {
                text.append(
                        figure.isMissing()
                                ? "    %-58s missing: %s%n".formatted(figure.name(), figure.missing())
                                : "    %-58s %12s %-12s spread %s of %d rounds%n"
                                        .formatted(
                                                figure.name(),
                                                number(figure.median()),
                                                figure.unit(),
                                                percent(figure.spread()),
                                                figure.rounds().size()));
            }
            for (var reach : entry.outcome().reaches()) {
                text.append("  %-60s %8s asked %8s  %s %s%n"
                        .formatted(reach.what(), is(reach), asked(reach), bar(reach), verdict(reach)));
            }
        }
        return text.toString();
    }

    /** Twice the bound is the full width. */
    private static String bar(Reach reach) {
        int filled = reach.value().isEmpty() ? 0 : (int) Math.round(Math.min(2, reach.score()) / 2 * BAR);
        var bar = new StringBuilder("#".repeat(filled) + ".".repeat(BAR - filled));
        bar.insert(BAR / 2, '|');
        return bar.toString();
    }

    private static String is(Reach reach) {
        return reach.value().isPresent() ? number(reach.value().getAsDouble()) : "-";
    }

    private static String asked(Reach reach) {
        return (reach.sense() == Reach.Sense.AT_LEAST ? ">= " : "<= ") + number(reach.bound());
    }

    private static String verdict(Reach reach) {
        return reach.value().isEmpty() ? "missing: " + reach.missing() : reach.isMet() ? "met" : "short";
    }

    /** Three digits that say something, and no exponent. */
    static String number(double value) {
        double size = Math.abs(value);
        if (size >= 100 || value == Math.rint(value)) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", value);
    }

    private static String percent(double part) {
        return String.format(Locale.ROOT, "%.0f %%", part * 100);
    }

    private static String row(String... cells) {
        var row = new StringBuilder("|");
        for (var cell : cells) {
            row.append(' ').append(cell.replace("|", "\\|").replace("\n", " ")).append(" |");
        }
        return row.append('\n').toString();
    }
}

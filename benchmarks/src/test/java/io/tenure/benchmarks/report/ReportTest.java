package io.tenure.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    private record Named(String id, String name, String title) implements Subject {}

    private static final Subject COMMAND = new Named("a", "command", "Command accepted");
    private static final Subject RELAY = new Named("b", "relay", "Relay");

    private final Report report = new Report(Map.of("processors", "2"), Map.of("rounds", "3"), List.of(COMMAND, RELAY));

    @TempDir
    private Path dir;

    @BeforeEach
    void twoBenchmarksOfWhichTheFirstToRunFailed() {
        report.addFailed(RELAY, new IllegalStateException("Kafka is away"));
        report.add(
                COMMAND,
                new Outcome(
                        List.of(
                                Figure.of("ours", "1/s", List.of(900.0, 1000.0, 1100.0)),
                                Figure.missing("peer", "1/s", "it is not to be had")),
                        List.of(
                                Reach.atLeast("part of H <= 1", 0.75, 0.70),
                                Reach.atMost("p99", 4, 3),
                                Reach.missing("more", Reach.Sense.AT_LEAST, 1, "it is not to be had")),
                        Map.of("Ours", "on\ntwo lines")));
    }

    @Test
    void theJsonHoldsEveryRoundAndWhatIsMissing() throws Exception {
        var json = new ObjectMapper().readTree(report.json());
        assertThat(json.at("/machine/processors").asText()).isEqualTo("2");
        var ours = json.at("/benchmarks/0/figures/0");
        assertThat(ours.get("rounds")).hasSize(3);
        assertThat(ours.get("unit").asText()).isEqualTo("1/s");
        assertThat(ours.get("median").asDouble()).isEqualTo(1000);
        assertThat(ours.get("min").asDouble()).isEqualTo(900);
        assertThat(ours.get("max").asDouble()).isEqualTo(1100);
        assertThat(ours.get("spread").asDouble()).isEqualTo(0.2);
        assertThat(json.at("/benchmarks/0/figures/1/missing").asText()).isEqualTo("it is not to be had");
        assertThat(json.at("/benchmarks/0/reaches/0/met").asBoolean()).isTrue();
        assertThat(json.at("/benchmarks/0/reaches/1/met").asBoolean()).isFalse();
        assertThat(json.at("/benchmarks/0/reaches/2").has("value")).isFalse();
        assertThat(json.at("/benchmarks/0/setting/Ours").asText()).isEqualTo("on\ntwo lines");
        assertThat(json.at("/benchmarks/1/failure").asText()).contains("Kafka is away");
        assertThat(json.at("/benchmarks/1/figures/0/missing").asText()).contains("Kafka is away");
        assertThat(report.hasFailures()).isTrue();
    }

    @Test
    void tablesLeaveNothingOut() {
        for (var text : List.of(report.markdown(), report.table())) {
            assertThat(text)
                    .contains("Command accepted", "1,000", "20 %", "it is not to be had", "Kafka is away")
                    .contains("met", "short", "missing");
        }
    }

    @Test
    void theChartIsWellFormedAndHasALineForEachReach() throws Exception {
        report.write(dir);
        assertThat(dir.resolve("results.json")).exists();
        assertThat(dir.resolve("results.md")).exists();
        var svg = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Files.newInputStream(dir.resolve("chart.svg")));
        // The background, and a bar for each of the two that have a value.
        assertThat(svg.getElementsByTagName("rect").getLength()).isEqualTo(3);
        assertThat(Files.readString(dir.resolve("chart.svg"))).contains("part of H &lt;= 1", "Kafka is away");
    }

    @Test
    void numbersAreForPeople() {
        assertThat(Report.number(1234567)).isEqualTo("1,234,567");
        assertThat(Report.number(12.345)).isEqualTo("12.3");
        assertThat(Report.number(1.2345)).isEqualTo("1.23");
        assertThat(Report.number(0.0123)).isEqualTo("0.012");
        assertThat(Report.number(3)).isEqualTo("3");
    }
}

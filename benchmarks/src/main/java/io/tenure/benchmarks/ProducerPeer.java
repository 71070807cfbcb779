package io.tenure.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.tools.ProducerPerformance;

/**
 * Kafka's own {@code ProducerPerformance} in a JVM of its own with the services' options, and the settings of the relay's
 * producer. It sends without a key, so that it fills one batch after the other, which a producer with keys cannot.
 */
final class ProducerPeer {

    private static final Pattern RATE = Pattern.compile("records sent, ([0-9.]+) records/sec");

    private final List<String> arguments;

    ProducerPeer(String bootstrapServers, String topic, int records, int bytes) {
        arguments = List.of(
                "--topic",
                topic,
                "--num-records",
                Integer.toString(records),
                "--record-size",
                Integer.toString(bytes),
                "--throughput",
                "-1",
                "--producer-props",
                "bootstrap.servers=" + bootstrapServers,
                "acks=all",
                "enable.idempotence=true",
                "linger.ms=0",
                "compression.type=none");
    }

    /** For a reader who wants to repeat it. */
    String shown() {
        return "kafka-producer-perf-test.sh " + String.join(" ", arguments);
    }

    /** Runs it twice in one new JVM, and the first run is the warm-up. @return acknowledged records a second */
    double perSecond() throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                ProducerPeer.class.getName()));
        command.addAll(arguments);
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        double last = 0;
        for (var rates = RATE.matcher(output); rates.find(); ) {
            last = Double.parseDouble(rates.group(1));
        }
        if (status != 0 || last == 0) {
            throw new IOException("ProducerPerformance ended with status " + status + ":\n" + output);
        }
        return last;
    }

    /** The new JVM's program. */
    public static void main(String[] arguments) throws Exception {
        ProducerPerformance.main(arguments);
        ProducerPerformance.main(arguments);
    }
}

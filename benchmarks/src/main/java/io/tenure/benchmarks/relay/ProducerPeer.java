package io.tenure.benchmarks.relay;

import io.tenure.local.server.KafkaAccess;
import io.tenure.local.server.KafkaServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import org.apache.kafka.tools.ProducerPerformance;

/**
 * Kafka's own {@code ProducerPerformance} in a JVM of its own with the services' options, and the settings of the relay's
 * producer. It sends without a key, so that it fills one batch after the other, which a producer with keys cannot.
 */
final class ProducerPeer {

    private static final Pattern RATE = Pattern.compile("records sent, ([0-9.]+) records/sec");

    private final Map<String, Object> client;
    private final List<String> arguments;

    ProducerPeer(KafkaServer kafka, String topic, int records, int bytes) {
        client = kafka.clientSettings(KafkaAccess.ADMIN);
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
                "bootstrap.servers=" + kafka.bootstrapServers(),
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
        // The account's password is nothing for a command line.
        var file = Files.createTempFile("producer", ".properties");
        var settings = new Properties();
        settings.putAll(client);
        try (var writer = Files.newBufferedWriter(file)) {
            settings.store(writer, null);
        }
        command.addAll(List.of("--producer.config", file.toString()));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        Files.delete(file);
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

package io.tenure.local.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/** The main class of the broker's JVM: formats the storage the first time, then runs the broker to its end. */
public final class KafkaBroker {

    private KafkaBroker() {}

    /** Takes one argument, the settings file. */
    public static void main(String[] args) throws IOException {
        var properties = new Properties();
        try (var in = Files.newBufferedReader(Path.of(args[0]))) {
            properties.load(in);
        }
        if (!Files.exists(Path.of(properties.getProperty("log.dirs"), "meta.properties"))) {
            var cluster = Uuid.randomUuid().toString();
            var format = new String[] {"format", "--config", args[0], "--cluster-id", cluster};
            if (StorageTool.execute(format, System.out) != 0) {
                throw new IOException("the storage could not be formatted");
            }
        }
        Kafka.main(args);
    }
}

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

    /** The setting that holds the administrator's password; the broker itself does not know it. */
    static final String ADMIN_PASSWORD = "tenure.admin.password";

    /** A file that says: this state was made with an administrator who has a password. */
    static final String PROTECTED = "protected";

    private KafkaBroker() {}

    /** Takes one argument, the settings file. */
    public static void main(String[] args) throws IOException {
        var properties = new Properties();
        try (var in = Files.newBufferedReader(Path.of(args[0]))) {
            properties.load(in);
        }
        if (!Files.exists(Path.of(properties.getProperty("log.dirs"), "meta.properties"))) {
            // First: a format that is cut short is done again, and must not look like state of an older version.
            Files.writeString(Path.of(args[0]).resolveSibling(PROTECTED), "");
            var cluster = Uuid.randomUuid().toString();
            // An argument of this JVM's own call, which no list of processes shows.
            var admin = "SCRAM-SHA-512=[name=%s,password=%s]"
                    .formatted(KafkaAccess.ADMIN, properties.getProperty(ADMIN_PASSWORD));
            var format = new String[] {"format", "--config", args[0], "--cluster-id", cluster, "--add-scram", admin};
            if (StorageTool.execute(format, System.out) != 0) {
                throw new IOException("the storage could not be formatted");
            }
        }
        Kafka.main(args);
    }
}

package io.tenure.benchmarks.peer;

import io.tenure.benchmarks.run.Bench;
import io.tenure.benchmarks.run.Running;
import io.tenure.local.platform.Services;
import io.tenure.local.server.KafkaAccess;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The service that does nothing but carry the kit: outbox, relay, and an operation that records one event. */
public final class NoopService {

    /** Its database and runtime role. */
    public static final String NAME = "noop";

    /** Where its events go: it records them in the name of the provisioning service, whose facts they are. */
    public static final String TOPIC = "tenure.provisioning";

    private static final int HEAP_MIB = 256;

    private NoopService() {}

    /** Its program, which lies below {@link #root}. */
    public static Services.Service program() {
        return new Services.Service(NAME, 0);
    }

    /** @param root that of the product */
    public static Path root(Path root) {
        return root.resolve("benchmarks");
    }

    /** Starts it on a fresh database. */
    public static Running start(Bench bench, Map<String, String> more) throws Exception {
        bench.freshDatabase(NAME);
        var env = new HashMap<>(Map.of(
                "TENURE_SERVICE",
                "provisioning",
                "QUARKUS_DATASOURCE_USERNAME",
                NAME,
                "QUARKUS_FLYWAY_USERNAME",
                NAME + "_owner",
                "QUARKUS_FLYWAY_PLACEHOLDERS_RUNTIME",
                NAME));
        // Its topics are the benchmarks' own, which no service may write.
        env.put(
                "KAFKA_SASL_JAAS_CONFIG",
                bench.platform()
                        .kafka()
                        .clientSettings(KafkaAccess.ADMIN)
                        .get("sasl.jaas.config")
                        .toString());
        env.putAll(more);
        return bench.program(program(), root(bench.root()), HEAP_MIB, env);
    }
}

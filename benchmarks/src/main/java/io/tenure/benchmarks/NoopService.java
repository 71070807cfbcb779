package io.tenure.benchmarks;

import java.util.HashMap;
import java.util.Map;

/** The service that does nothing but carry the kit: outbox, relay, and an operation that records one event. */
final class NoopService {

    /** Its database and runtime role. */
    static final String NAME = "noop";

    /** Where its events go: it records them in the name of the provisioning service, whose facts they are. */
    static final String TOPIC = "tenure.provisioning";

    private static final int HEAP_MIB = 256;

    private NoopService() {}

    /** Starts it on a fresh database. */
    static Running start(Bench bench, Map<String, String> more) throws Exception {
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
        env.putAll(more);
        var program = bench.root().resolve("benchmarks/noop-service/target/quarkus-app/quarkus-run.jar");
        return bench.program(program, NAME, HEAP_MIB, env);
    }
}

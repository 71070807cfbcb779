package io.tenure.local.testing;

import io.tenure.local.server.KafkaServer;
import io.tenure.local.server.KeycloakServer;
import io.tenure.local.server.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Where the servers of a test run: as processes from Maven artifacts, or in containers. The system property
 * {@value #SWITCH} says which; this is the only place that looks at it. A server keeps its port and its data when it is
 * stopped and started again.
 */
public sealed interface TestServers extends AutoCloseable permits EmbeddedServers, ContainerServers {

    /** {@code embedded}, which is the default, or {@code containers}. */
    String SWITCH = "tenure.test.infra";

    /**
     * The servers that the switch asks for; none of them runs yet.
     *
     * @param name begins the name of their directory in {@code target}, where they need one
     * @throws IllegalStateException when the switch has an unknown value, or wants containers and no engine answers
     */
    static TestServers chosen(String name) {
        var chosen = System.getProperty(SWITCH, "embedded");
        return switch (chosen) {
            case "embedded" -> new EmbeddedServers(directory(name));
            case "containers" -> new ContainerServers();
            default ->
                throw new IllegalStateException(
                        SWITCH + " is '" + chosen + "': it must be 'embedded' (the default) or 'containers'");
        };
    }

    private static Path directory(String name) {
        try {
            return Files.createTempDirectory(
                    Files.createDirectories(Path.of("target").toAbsolutePath()), name + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A database server whose data are not durable; the password is that of the superuser. */
    PostgresServer postgres(String superuserPassword);

    /** A broker with these passwords of the accounts. */
    KafkaServer kafka(UnaryOperator<String> passwords);

    /** An identity provider; the parameters are those of {@link KeycloakServer.Config}. */
    KeycloakServer keycloak(String realm, Map<String, String> secrets, String adminPassword);

    /** Removes what the servers leave. They must have been stopped. */
    @Override
    void close();
}

package io.tenure.local.testing;

import io.tenure.local.process.RunUser;
import io.tenure.local.server.ClassArchive;
import io.tenure.local.server.Directories;
import io.tenure.local.server.KafkaServer;
import io.tenure.local.server.KeycloakServer;
import io.tenure.local.server.Ports;
import io.tenure.local.server.PostgresServer;
import io.tenure.local.server.WorkingCopy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Processes from Maven artifacts; a guard ends them when this JVM is gone.
 *
 * @param dir a directory of their own, which is gone when they are closed
 */
record EmbeddedServers(Path dir) implements TestServers {

    @Override
    public PostgresServer postgres(String superuserPassword) {
        return new PostgresServer(new PostgresServer.Config(
                programs(),
                dir.resolve("postgresql"),
                dir.resolve("postgresql.log"),
                null,
                Ports.free(),
                superuserPassword,
                false));
    }

    @Override
    public KafkaServer kafka(UnaryOperator<String> passwords) {
        return new KafkaServer(new KafkaServer.Config(
                dir.resolve("kafka"), dir.resolve("kafka.log"), null, Ports.free(), Ports.free(), passwords));
    }

    @Override
    public KeycloakServer keycloak(String realm, Map<String, String> secrets, String adminPassword) {
        return new KeycloakServer(new KeycloakServer.Config(
                programs(),
                dir.resolve("keycloak"),
                dir.resolve("keycloak.log"),
                null,
                ClassArchive.of(dir.resolve("archives"), "keycloak", List.of(), false),
                Ports.free(),
                realm,
                secrets,
                adminPassword));
    }

    private Path programs() {
        return WorkingCopy.find().map(WorkingCopy::programs).orElse(dir);
    }

    @Override
    public void close() {
        try {
            // Root's server may have its data where its user can reach it.
            Directories.delete(RunUser.unprivileged().reachable(dir.resolve("postgresql")));
            Directories.delete(dir);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

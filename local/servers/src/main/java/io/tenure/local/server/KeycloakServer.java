package io.tenure.local.server;

import io.tenure.local.process.ChildProcess;
import io.tenure.local.process.Readiness;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keycloak with realm {@code tenure}, imported the first time, on a database file of its own. */
public final class KeycloakServer implements LocalServer {

    /** The bootstrap administrator of realm master. */
    public static final String ADMIN = "admin";

    /**
     * How it runs.
     *
     * @param programs where the distribution is unpacked, shared by all platforms of the working copy
     * @param dir its own directory: data
     * @param log its log file
     * @param runDir for the pid file, or null
     * @param archive the class data archive of its JVM
     * @param port where it listens
     * @param realm the realm to import: JSON, secrets as placeholders
     * @param secrets environment variables that fill the placeholders
     * @param adminPassword of the bootstrap administrator
     */
    public record Config(
            Path programs,
            Path dir,
            Path log,
            Path runDir,
            ClassArchive archive,
            int port,
            String realm,
            Map<String, String> secrets,
            String adminPassword) {}

    private final Config config;
    private volatile ChildProcess child;

    /** A server that is not started yet. */
    public KeycloakServer(Config config) {
        this.config = config;
    }

    @Override
    public String name() {
        return "keycloak";
    }

    @Override
    public int port() {
        return config.port();
    }

    /** The server's base address. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /** The issuer of realm {@code tenure}. */
    public URI realmUrl() {
        return url().resolve("/realms/tenure");
    }

    /** The artifact that it comes from; none before the first build of this working copy. */
    public static List<Path> program() {
        return KeycloakDistribution.artifact();
    }

    /** Unpacks and builds the distribution, where that has not been done yet (about 20 s). */
    public Path prepare() throws IOException {
        return KeycloakDistribution.prepare(config.programs(), config.log());
    }

    @Override
    public void start() throws IOException {
        var distribution = prepare();
        var home = home(distribution);
        var imports = home.resolve("data/import");
        Files.createDirectories(imports);
        Files.writeString(imports.resolve("tenure-realm.json"), config.realm());
        var command = new ArrayList<>(JavaCommand.java(320));
        command.addAll(config.archive().options());
        command.addAll(KeycloakDistribution.properties(home));
        command.addAll(KeycloakDistribution.entryPoint(distribution));
        command.addAll(List.of(
                "start",
                "--optimized",
                "--import-realm",
                "--cache=local",
                "--http-enabled=true",
                "--http-host=127.0.0.1",
                "--http-port=" + port(),
                "--hostname=" + url(),
                "--log-level=info,org.keycloak.events:error"));
        var env = new HashMap<>(config.secrets());
        env.put("KC_BOOTSTRAP_ADMIN_USERNAME", ADMIN);
        env.put("KC_BOOTSTRAP_ADMIN_PASSWORD", config.adminPassword());
        child = ChildProcess.start(
                new ChildProcess.Spec(name(), command, env, home, config.log(), config.runDir(), port(), "TERM"));
        Readiness.awaitAnswer(child, Duration.ofSeconds(180), realmUrl());
    }

    /** A home of its own for the data; everything else is the shared distribution's. */
    private Path home(Path distribution) throws IOException {
        var home = config.dir().toAbsolutePath();
        Files.createDirectories(home);
        for (var part : List.of("bin", "conf", "lib", "providers", "themes")) {
            var link = home.resolve(part);
            if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                Files.delete(link);
            }
            Files.createSymbolicLink(link, distribution.toAbsolutePath().resolve(part));
        }
        return home;
    }

    @Override
    public void stop() {
        if (child != null) {
            child.stop(config.archive().timeToEnd());
            config.archive().settle(child);
        }
    }

    @Override
    public Optional<ChildProcess> process() {
        return Optional.ofNullable(child);
    }
}

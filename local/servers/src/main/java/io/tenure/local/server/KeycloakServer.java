package io.tenure.local.server;

import io.tenure.local.process.ChildProcess;
import io.tenure.local.process.Readiness;
import io.tenure.local.process.Running;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keycloak with realm {@code tenure}, imported the first time, on a database file of its own. */
public final class KeycloakServer implements LocalServer {

    /** The bootstrap administrator of realm master. */
    public static final String ADMIN = "admin";

    /**
     * How it runs from Maven artifacts.
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

    /** The program, which keeps its data from one start to the next. */
    public interface Program {

        /** What must be done once before the first start, and takes its time. */
        void prepare() throws IOException;

        /** Starts it so that it can be reached on this port of 127.0.0.1; need not wait until it serves. */
        Running start(int port, Settings settings) throws IOException;

        /** Ends it. */
        void stop(Running running);
    }

    /**
     * What is the same wherever it runs.
     *
     * @param realm the realm to import: JSON, secrets as placeholders
     * @param env the placeholders' secrets and the bootstrap administrator
     * @param options of Keycloak's command {@code start}
     */
    public record Settings(String realm, Map<String, String> env, List<String> options) {}

    private final Program program;
    private final int port;
    private final String realm;
    private final Map<String, String> secrets;
    private final String adminPassword;
    private volatile Running running;

    /** A server from Maven artifacts that is not started yet. */
    public KeycloakServer(Config config) {
        this(
                new KeycloakProcess(config.programs(), config.dir(), config.log(), config.runDir(), config.archive()),
                config.port(),
                config.realm(),
                config.secrets(),
                config.adminPassword());
    }

    /** A server that runs elsewhere and is not started yet; the parameters are those of {@link Config}. */
    public KeycloakServer(Program program, int port, String realm, Map<String, String> secrets, String adminPassword) {
        this.program = program;
        this.port = port;
        this.realm = realm;
        this.secrets = secrets;
        this.adminPassword = adminPassword;
    }

    @Override
    public String name() {
        return "keycloak";
    }

    @Override
    public int port() {
        return port;
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
    public void prepare() throws IOException {
        program.prepare();
    }

    @Override
    public void start() throws IOException {
        running = program.start(port, settings());
        Readiness.awaitAnswer(running, Duration.ofSeconds(180), realmUrl());
    }

    private Settings settings() {
        var env = new HashMap<>(secrets);
        env.put("KC_BOOTSTRAP_ADMIN_USERNAME", ADMIN);
        env.put("KC_BOOTSTRAP_ADMIN_PASSWORD", adminPassword);
        return new Settings(
                realm,
                env,
                List.of(
                        "--import-realm",
                        "--cache=local",
                        "--http-enabled=true",
                        "--hostname=" + url(),
                        "--log-level=info,org.keycloak.events:error"));
    }

    @Override
    public void stop() {
        if (running != null) {
            program.stop(running);
        }
    }

    @Override
    public Optional<ChildProcess> process() {
        return running instanceof ChildProcess child ? Optional.of(child) : Optional.empty();
    }
}

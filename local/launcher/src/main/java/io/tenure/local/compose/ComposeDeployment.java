package io.tenure.local.compose;

import io.tenure.local.demo.Deployment;
import io.tenure.local.demo.Storage;
import io.tenure.local.platform.PlatformException;
import io.tenure.local.platform.Progress;
import io.tenure.local.platform.Retention;
import io.tenure.local.platform.Services;
import io.tenure.local.platform.Tokens;
import io.tenure.local.server.KafkaAccess;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.CommonClientConfigs;

/** The containers of {@code docker-compose.yml}, which somebody has started. Nothing of them is stopped or changed. */
public final class ComposeDeployment implements Deployment, AutoCloseable {

    /** Where {@code deploy/containers/make-secrets} puts everything, below the working copy. */
    public static final String SECRETS = ".tenure/containers";

    private static final String PROJECT = "tenure";
    private static final String HOW_TO_START = "docker compose --env-file " + SECRETS
            + "/env -f docker-compose.yml -f docker-compose.demo.yml up --build --detach";
    private static final List<String> SERVERS = List.of("postgresql", "kafka", "keycloak", "mail", "zipkin");
    private static final int SERVICE_PORT = 8080;
    private static final Duration LONGEST_RETENTION = Duration.ofMinutes(30);

    private final Engine engine;
    private final Map<String, Engine.Container> containers;
    private final EnvFile env;
    private final Retention retention;
    private final People people;
    private final Tokens tokens;
    private final Mailpit mailpit;
    private ContainerStorage storage;

    private ComposeDeployment(
            Engine engine, Map<String, Engine.Container> containers, EnvFile env, Retention retention) {
        this.engine = engine;
        this.containers = containers;
        this.env = env;
        this.retention = retention;
        this.people = new People(keycloak(), env.get("KEYCLOAK_ADMIN_PASSWORD"));
        this.tokens = new Tokens(keycloak());
        this.mailpit = new Mailpit(at("mail", 8025));
    }

    /**
     * The one that was started from this working copy.
     *
     * @throws PlatformException when it is not up, not healthy, or keeps tenants for too long to wait
     */
    public static ComposeDeployment find(Path root) {
        return find(root, System.getenv());
    }

    static ComposeDeployment find(Path root, Map<String, String> environment) {
        var env = EnvFile.in(root.resolve(SECRETS));
        var engine = Engine.find(PROJECT, environment);
        var containers = engine.containers(PROJECT);
        if (containers.values().stream().noneMatch(c -> c.status().equals("running"))) {
            throw new PlatformException("the containers of docker-compose.yml are not up (" + engine.command()
                    + " shows none). Start them:\n  " + HOW_TO_START);
        }
        requireHealthy(containers);
        return new ComposeDeployment(engine, containers, env, policy(containers.get("lifecycle")));
    }

    private static void requireHealthy(Map<String, Engine.Container> containers) {
        var needed = new ArrayList<>(SERVERS);
        Services.ALL.forEach(s -> needed.add(s.name()));
        var wrong = needed.stream()
                .filter(name ->
                        !containers.containsKey(name) || !containers.get(name).works())
                .map(name -> name + " ("
                        + (containers.containsKey(name)
                                ? (containers.get(name).status() + " "
                                                + containers.get(name).health())
                                        .strip()
                                : "absent")
                        + ")")
                .toList();
        if (!wrong.isEmpty()) {
            throw new PlatformException("not all containers are up and healthy: " + String.join(", ", wrong)
                    + ". Wait, or look at their logs");
        }
    }

    /** What the lifecycle service was told when its container was made. */
    private static Retention policy(Engine.Container lifecycle) {
        var period =
                Duration.parse(lifecycle.variable("TENURE_RETENTION_PERIOD").orElse("P30D"));
        if (period.compareTo(LONGEST_RETENTION) > 0) {
            throw new PlatformException("this deployment keeps tenants for " + period.toDays()
                    + " days, and the demo would wait as long. Start it with a short retention:\n  " + HOW_TO_START);
        }
        var warnings = Arrays.stream(lifecycle
                        .variable("TENURE_RETENTION_WARNINGS")
                        .orElse("")
                        .split(","))
                .map(Duration::parse)
                .toList();
        return new Retention(period, warnings);
    }

    @Override
    public String opening() {
        return "deployment found";
    }

    @Override
    public String open(Progress progress) throws IOException {
        var provisioning = containers.get("provisioning");
        var root = provisioning
                .variable("TENURE_SANDBOX_ROOT")
                .orElseThrow(() -> new PlatformException("provisioning has no TENURE_SANDBOX_ROOT: no sandbox"));
        storage = new ContainerStorage(engine.inside(provisioning, "bash"), root);
        return containers.values().stream().filter(Engine.Container::works).count() + " containers of "
                + engine.command() + " up and healthy";
    }

    @Override
    public Retention retention() {
        return retention;
    }

    private URI at(String service, int port) {
        return URI.create("http://127.0.0.1:" + containers.get(service).published(port));
    }

    @Override
    public URI service(String name) {
        return at(name, SERVICE_PORT);
    }

    @Override
    public URI keycloak() {
        return at("keycloak", 8080);
    }

    @Override
    public URI traces() {
        return at("zipkin", 9411);
    }

    @Override
    public Map<String, Object> kafka() {
        var settings =
                new HashMap<>(KafkaAccess.clientSettings(KafkaAccess.OPERATIONS, env.get("KAFKA_OPERATIONS_PASSWORD")));
        settings.put(
                CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                "127.0.0.1:" + containers.get("kafka").published(19092));
        return settings;
    }

    @Override
    public String userToken(String name) {
        return people.token(name);
    }

    @Override
    public String clientToken(String name) {
        return tokens.client(name, env.get("TENURE_CLIENT_" + name.toUpperCase(Locale.ROOT) + "_SECRET"));
    }

    @Override
    public Optional<MimeMessage> mail(String messageId) {
        return mailpit.message(messageId);
    }

    @Override
    public Storage storage() {
        return storage;
    }

    @Override
    public String logVkey() {
        return env.logVkey();
    }

    @Override
    public String certificateJwks() {
        return env.certificateJwks();
    }

    /** Takes back what the demo has made for itself: its people, and the shell in the container. */
    @Override
    public void close() {
        try {
            people.close();
        } finally {
            if (storage != null) {
                storage.close();
            }
        }
    }
}

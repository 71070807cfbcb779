package io.tenure.local.testing;

import io.tenure.local.process.Running;
import io.tenure.local.server.KafkaBroker;
import io.tenure.local.server.KafkaServer;
import io.tenure.local.server.KeycloakServer;
import io.tenure.local.server.Ports;
import io.tenure.local.server.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import org.testcontainers.DockerClientFactory;

/**
 * Containers of the images that {@code docker-compose.yml} names, on an engine of this machine. Ryuk, a container of
 * Testcontainers' own, removes them with their data when this JVM is gone.
 */
final class ContainerServers implements TestServers {

    private static final int POSTGRESQL_PORT = 5432;
    private static final int KEYCLOAK_PORT = 8080;
    private static final String SETTINGS = "/tmp/server.properties";
    private static final String CLASSES = "/tmp/tenure";

    private final ConcurrentLinkedQueue<ServerContainer> containers = new ConcurrentLinkedQueue<>();

    ContainerServers() {
        requireThatTheyEnd(System.getenv("TESTCONTAINERS_RYUK_DISABLED"));
        requireEngine(() -> DockerClientFactory.instance().client());
        requireOfThisMachine(DockerClientFactory.instance().dockerHostIpAddress());
    }

    static void requireEngine(Runnable contact) {
        try {
            contact.run();
        } catch (RuntimeException e) {
            throw new IllegalStateException(
                    SWITCH + "=containers, and no container engine can be used (" + e.getMessage()
                            + "). Start Docker, or"
                            + " Podman as docs/containers.md says, and name its socket in DOCKER_HOST; or leave the"
                            + " switch away: the embedded servers need no engine",
                    e);
        }
    }

    static void requireThatTheyEnd(String ryukDisabled) {
        if (Boolean.parseBoolean(ryukDisabled)) {
            throw new IllegalStateException(
                    "TESTCONTAINERS_RYUK_DISABLED is set: containers and their data would outlive a"
                            + " JVM that is killed. Unset it; docs/containers.md says where Ryuk's image comes from");
        }
    }

    static void requireOfThisMachine(String address) {
        if (!List.of("localhost", "127.0.0.1").contains(address)) {
            throw new IllegalStateException("the container engine is at " + address
                    + ": tests reach their servers on 127.0.0.1, so it must be one of this machine. Where it is,"
                    + " set TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1");
        }
    }

    @Override
    public PostgresServer postgres(String superuserPassword) {
        return new PostgresServer(new Postgres(), Ports.free(), superuserPassword, false);
    }

    @Override
    public KafkaServer kafka(UnaryOperator<String> passwords) {
        return new KafkaServer(new Kafka(), Ports.free(), Ports.free(), passwords);
    }

    @Override
    public KeycloakServer keycloak(String realm, Map<String, String> secrets, String adminPassword) {
        return new KeycloakServer(new Keycloak(), Ports.free(), realm, secrets, adminPassword);
    }

    @Override
    public void close() {
        containers.forEach(ServerContainer::remove);
    }

    private ServerContainer container(String name, ContainerImage image, int port, int inside) {
        var container = new ServerContainer(name, image, port, inside);
        containers.add(container);
        return container;
    }

    private final class Postgres implements PostgresServer.Program {

        private ServerContainer container;

        @Override
        public Running start(int port, PostgresServer.Settings settings) {
            if (container == null) {
                container = container("postgresql", ContainerImage.POSTGRESQL, port, POSTGRESQL_PORT)
                        .env(Map.of(
                                "POSTGRES_PASSWORD", settings.superuserPassword(),
                                "POSTGRES_INITDB_ARGS", String.join(" ", settings.initdb()),
                                "TZ", "UTC"))
                        .command(settings.server());
            }
            return container.start();
        }
    }

    /** The image's program, but the main class of ours: it gives the administrator a password before the broker starts. */
    private final class Kafka implements KafkaServer.Program {

        private ServerContainer container;

        @Override
        public String address() {
            return "0.0.0.0";
        }

        @Override
        public String data() {
            return "/var/lib/kafka/data";
        }

        @Override
        public Running start(int port, String settings) throws IOException {
            if (container == null) {
                container = container("kafka", ContainerImage.KAFKA, port, port)
                        .env(Map.of(
                                "CLASSPATH", CLASSES,
                                "KAFKA_HEAP_OPTS", "-Xmx256m",
                                "KAFKA_JVM_PERFORMANCE_OPTS", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"))
                        .file(CLASSES + "/" + classFile(KafkaBroker.class), bytes(KafkaBroker.class))
                        .file(SETTINGS, settings.getBytes(StandardCharsets.UTF_8))
                        .entrypoint("/opt/kafka/bin/kafka-run-class.sh", KafkaBroker.class.getName(), SETTINGS);
            }
            return container.start();
        }

        private static String classFile(Class<?> type) {
            return type.getName().replace('.', '/') + ".class";
        }

        private static byte[] bytes(Class<?> type) throws IOException {
            try (var in = type.getClassLoader().getResourceAsStream(classFile(type))) {
                return in.readAllBytes();
            }
        }
    }

    private final class Keycloak implements KeycloakServer.Program {

        private static final Duration ENDING = Duration.ofSeconds(20);

        private ServerContainer container;

        @Override
        public void prepare() {
            // The image is what it is; Keycloak builds itself for these options when it starts.
        }

        @Override
        public Running start(int port, KeycloakServer.Settings settings) {
            if (container == null) {
                var env = new HashMap<>(settings.env());
                env.put("JAVA_OPTS_KC_HEAP", "-Xmx512m");
                var command = new ArrayList<>(List.of("start", "--db=dev-file"));
                command.addAll(settings.options());
                container = container("keycloak", ContainerImage.KEYCLOAK, port, KEYCLOAK_PORT)
                        .env(env)
                        .file(
                                "/opt/keycloak/data/import/tenure-realm.json",
                                settings.realm().getBytes(StandardCharsets.UTF_8))
                        .command(command);
            }
            return container.start();
        }

        @Override
        public void stop(Running running) {
            running.stop(ENDING);
        }
    }
}

package io.tenure.local.server;

import io.tenure.local.process.ChildProcess;
import io.tenure.local.process.Readiness;
import io.tenure.local.process.StartFailure;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.SaslAuthenticationException;

/** A Kafka broker that is its own KRaft controller, in a child JVM. Topics are made by {@link #ensureTopics} only. */
public final class KafkaServer implements LocalServer {

    /** The jars of the class path that a broker needs; a test's class path holds many more. */
    private static final Pattern JARS = Pattern.compile(
            "(kafka[-_]|scala-|slf4j-api-|log4j-api-|jackson-|metrics-core-|zstd-jni-|"
                    + "lz4-java-|at-yawk-lz4|snappy-java-|jopt-simple-|commons-|caffeine-|pcollections-|jose4j-|argparse4j-|re2j-|"
                    + "HdrHistogram-|rocksdbjni-|opentelemetry-proto-|protobuf-java-|checker-qual|jspecify|error_prone).*\\.jar");

    /**
     * How it runs.
     *
     * @param dir its own directory: settings and data
     * @param log its log file
     * @param runDir for the pid file, or null
     * @param port where clients connect
     * @param controllerPort where the controller listens
     * @param passwords of the accounts, see {@link KafkaAccess}; always the same for a name
     */
    public record Config(
            Path dir, Path log, Path runDir, int port, int controllerPort, UnaryOperator<String> passwords) {}

    private final Config config;
    private volatile ChildProcess child;

    /** A broker that is not started yet. */
    public KafkaServer(Config config) {
        this.config = config;
    }

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public int port() {
        return config.port();
    }

    /** What clients put into {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + config.port();
    }

    /** What a client needs to connect as one of the accounts of {@link KafkaAccess}. */
    public Map<String, Object> clientSettings(String account) {
        var settings = new HashMap<>(
                KafkaAccess.clientSettings(account, config.passwords().apply(account)));
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers());
        return settings;
    }

    @Override
    public void start() throws IOException {
        Files.createDirectories(config.dir());
        var dir = config.dir().toAbsolutePath();
        if (Files.exists(dir.resolve("data")) && !Files.exists(dir.resolve(KafkaBroker.PROTECTED))) {
            throw new StartFailure(
                    name(),
                    "has state of an older version, which let anybody write. Drop it with ./tenure reset",
                    List.of());
        }
        var properties = dir.resolve("server.properties");
        Files.deleteIfExists(properties);
        Files.createFile(
                properties, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(properties, properties(dir));
        var command = new ArrayList<>(JavaCommand.java(256));
        command.add("-cp");
        command.add(JavaCommand.joined(name -> JARS.matcher(name).matches())
                + File.pathSeparator
                + Artifacts.find("slf4j-simple-"));
        command.add(KafkaBroker.class.getName());
        command.add(properties.toString());
        child = ChildProcess.start(
                new ChildProcess.Spec(name(), command, Map.of(), dir, config.log(), config.runDir(), port(), "TERM"));
        Readiness.await(child, Duration.ofSeconds(60), this::serves);
    }

    private boolean serves() throws InterruptedException, ExecutionException {
        // A connection first: an administration client logs every refused one.
        if (Ports.isFree(port())) {
            return false;
        }
        try {
            return isAdmitted(KafkaAccess.ADMIN);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SaslAuthenticationException) {
                throw new StartFailure(
                        name(), "has state that was made with other secrets. Drop it with ./tenure reset", List.of());
            }
            throw e;
        }
    }

    private String properties(Path dir) {
        var admin = config.passwords().apply(KafkaAccess.ADMIN);
        var node = config.passwords().apply("node");
        return """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                listeners=BROKER://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=BROKER://127.0.0.1:%1$d
                listener.security.protocol.map=BROKER:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
                inter.broker.listener.name=BROKER
                controller.listener.names=CONTROLLER
                sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
                sasl.mechanism.controller.protocol=PLAIN
                listener.name.broker.sasl.enabled.mechanisms=SCRAM-SHA-512,PLAIN
                listener.name.broker.plain.sasl.jaas.config=%8$s
                listener.name.broker.scram-sha-512.sasl.jaas.config=%4$s
                listener.name.controller.sasl.enabled.mechanisms=PLAIN
                listener.name.controller.plain.sasl.jaas.config=%5$s
                authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
                allow.everyone.if.no.acl.found=false
                super.users=User:admin;User:node
                %6$s=%7$s
                log.dirs=%3$s
                auto.create.topics.enable=false
                num.partitions=6
                default.replication.factor=1
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=6
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                transaction.state.log.num.partitions=2
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                group.initial.rebalance.delay.ms=0
                log.index.size.max.bytes=262144
                log.cleaner.dedupe.buffer.size=8388608
                num.network.threads=2
                num.io.threads=4
                """.formatted(
                config.port(),
                config.controllerPort(),
                dir.resolve("data"),
                KafkaAccess.scram(KafkaAccess.ADMIN, admin),
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"node\""
                        + " password=\"%1$s\" user_node=\"%1$s\";".formatted(node),
                KafkaBroker.ADMIN_PASSWORD,
                admin,
                "org.apache.kafka.common.security.plain.PlainLoginModule required user_%s=\"%s\";"
                        .formatted(KafkaAccess.OPERATIONS, config.passwords().apply(KafkaAccess.OPERATIONS)));
    }

    /**
     * Brings accounts and rules in line with {@link KafkaAccess}; returns when the broker goes by them. A client that came
     * sooner would be refused for good.
     */
    public void ensureAccess() {
        try (var admin = admin()) {
            KafkaAccess.ensure(admin, config.passwords());
            // One request set all passwords: once one account can log in, all can.
            Readiness.await(
                    child,
                    Duration.ofSeconds(30),
                    () -> isAdmitted(KafkaAccess.OPERATIONS)
                            && KafkaAccess.rules(admin).equals(KafkaAccess.rules()));
        }
    }

    private boolean isAdmitted(String account) throws InterruptedException, ExecutionException {
        try (var client = admin(account)) {
            return !client.describeCluster().nodes().get().isEmpty();
        }
    }

    /** Makes the topics that are absent, with these many partitions; returns when they can be used. */
    public void ensureTopics(Collection<String> topics, int partitions) {
        try (var admin = admin()) {
            var present = admin.listTopics().names().get(30, TimeUnit.SECONDS);
            var absent = topics.stream()
                    .filter(t -> !present.contains(t))
                    .map(t -> new NewTopic(t, partitions, (short) 1).configs(Topics.SETTINGS))
                    .toList();
            admin.createTopics(absent).all().get(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartFailure(name(), "was interrupted while making topics", e);
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new StartFailure(name(), "did not make the topics", e);
        }
    }

    /** A client for administration, as the account that may do everything; to be closed by the caller. */
    public Admin admin() {
        return admin(KafkaAccess.ADMIN);
    }

    private Admin admin(String account) {
        // Kafka finds its plug-ins by the thread's class loader; a common pool's is not that of a Quarkus test.
        var thread = Thread.currentThread();
        var before = thread.getContextClassLoader();
        thread.setContextClassLoader(KafkaServer.class.getClassLoader());
        try {
            var settings = clientSettings(account);
            settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 30_000);
            return Admin.create(settings);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Override
    public void stop() {
        if (child != null) {
            child.stop(Duration.ofSeconds(20));
        }
    }

    @Override
    public Optional<ChildProcess> process() {
        return Optional.ofNullable(child);
    }
}

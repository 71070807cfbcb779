package io.tenure.local.server;

import io.tenure.local.process.ChildProcess;
import io.tenure.local.process.Readiness;
import io.tenure.local.process.Running;
import io.tenure.local.process.StartFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.SaslAuthenticationException;

/** A Kafka broker that is its own KRaft controller, in a JVM of its own. Topics are made by {@link #ensureTopics} only. */
public final class KafkaServer implements LocalServer {

    /**
     * How it runs from Maven artifacts.
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

    /** The program, which keeps its data from one start to the next. */
    public interface Program {

        /** The address that it listens on, as the program sees it. */
        String address();

        /** The directory of its data, as the program sees it. */
        String data();

        /** Starts {@link KafkaBroker} on these settings; need not wait until it serves. */
        Running start(int port, String settings) throws IOException;
    }

    private final Program program;
    private final int port;
    private final int controllerPort;
    private final UnaryOperator<String> passwords;
    private volatile Running running;

    /** A broker from Maven artifacts that is not started yet. */
    public KafkaServer(Config config) {
        this(
                new KafkaProcess(config.dir().toAbsolutePath(), config.log(), config.runDir()),
                config.port(),
                config.controllerPort(),
                config.passwords());
    }

    /** A broker that runs elsewhere and is not started yet; the parameters are those of {@link Config}. */
    public KafkaServer(Program program, int port, int controllerPort, UnaryOperator<String> passwords) {
        this.program = program;
        this.port = port;
        this.controllerPort = controllerPort;
        this.passwords = passwords;
    }

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public int port() {
        return port;
    }

    /** What clients put into {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** What a client needs to connect as one of the accounts of {@link KafkaAccess}. */
    public Map<String, Object> clientSettings(String account) {
        var settings = new HashMap<>(KafkaAccess.clientSettings(account, passwords.apply(account)));
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers());
        return settings;
    }

    @Override
    public void start() throws IOException {
        running = program.start(port, settings());
        Readiness.await(running, Duration.ofSeconds(60), this::serves);
    }

    private boolean serves() throws IOException, InterruptedException, ExecutionException {
        // A connection first: an administration client logs every refused one.
        if (!Readiness.listens("127.0.0.1", port)) {
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

    private String settings() {
        var admin = passwords.apply(KafkaAccess.ADMIN);
        var node = passwords.apply("node");
        return """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                listeners=BROKER://%9$s:%1$d,CONTROLLER://127.0.0.1:%2$d
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
                        port,
                        controllerPort,
                        program.data(),
                        KafkaAccess.scram(KafkaAccess.ADMIN, admin),
                        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"node\""
                                + " password=\"%1$s\" user_node=\"%1$s\";".formatted(node),
                        KafkaBroker.ADMIN_PASSWORD,
                        admin,
                        "org.apache.kafka.common.security.plain.PlainLoginModule required user_%s=\"%s\";"
                                .formatted(KafkaAccess.OPERATIONS, passwords.apply(KafkaAccess.OPERATIONS)),
                        program.address());
    }

    /**
     * Brings accounts and rules in line with {@link KafkaAccess}; returns when the broker goes by them. A client that came
     * sooner would be refused for good.
     */
    public void ensureAccess() {
        try (var admin = admin()) {
            KafkaAccess.ensure(admin, passwords);
            // One request set all passwords: once one account can log in, all can.
            Readiness.await(
                    running,
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
        if (running != null) {
            running.stop(Duration.ofSeconds(20));
        }
    }

    @Override
    public Optional<ChildProcess> process() {
        return running instanceof ChildProcess child ? Optional.of(child) : Optional.empty();
    }
}

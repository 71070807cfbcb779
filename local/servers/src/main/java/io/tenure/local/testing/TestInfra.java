package io.tenure.local.testing;

import io.tenure.local.server.KafkaAccess;
import io.tenure.local.server.KafkaServer;
import io.tenure.local.server.PostgresServer;
import io.tenure.local.server.Topics;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

/**
 * PostgreSQL and Kafka for one test run: real servers on free ports, an empty database with its two roles, and all topics.
 * {@link TestServers} decides whether they are processes or containers; a test need not know.
 * Durability is off in the database. Nothing is left when it is closed, or when the test's JVM is gone however it ended.
 */
public final class TestInfra implements AutoCloseable {

    private final TestServers servers;
    private final String service;
    private final String ownerPassword = password();
    private final String runtimePassword = password();
    private final Map<String, String> kafkaPasswords = new ConcurrentHashMap<>();
    private final PostgresServer postgres;
    private final KafkaServer kafka;

    private TestInfra(TestServers servers, String service) {
        this.servers = servers;
        this.service = service;
        this.postgres = servers.postgres(password());
        this.kafka = servers.kafka(account -> kafkaPasswords.computeIfAbsent(account, any -> password()));
    }

    /**
     * Starts both servers.
     *
     * @param service names the database and the roles
     */
    public static TestInfra start(String service) {
        var infra = new TestInfra(TestServers.chosen("infra"), service);
        try {
            infra.startServers();
        } catch (RuntimeException e) {
            infra.kafka.stop();
            infra.postgres.stop();
            throw e;
        }
        return infra;
    }

    private void startServers() {
        var broker = CompletableFuture.runAsync(() -> {
            unchecked(kafka::start);
            kafka.ensureTopics(Topics.all(), Topics.PARTITIONS);
            kafka.ensureAccess();
        });
        try {
            unchecked(postgres::start);
            postgres.ensureDatabase(service, ownerPassword, runtimePassword);
        } finally {
            join(broker);
        }
    }

    private static void join(CompletableFuture<Void> future) {
        try {
            future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : e;
        }
    }

    /**
     * The configuration that points a service at these servers, and under {@code tenure.test.kafka} what a test needs
     * to play other services: the settings of the administrator's clients.
     */
    public Map<String, String> config() {
        var config = new TreeMap<String, String>();
        config.put("tenure.db.host", "127.0.0.1");
        config.put("tenure.db.port", Integer.toString(postgres.port()));
        config.put("tenure.db.name", service);
        config.put("tenure.db.password", runtimePassword);
        config.put("tenure.db.owner-password", ownerPassword);
        config.put("kafka.bootstrap.servers", kafka.bootstrapServers());
        // A service without an account, as in a test of the infrastructure alone, gets a password that opens nothing.
        config.put("tenure.kafka.password", kafkaPasswords.getOrDefault(service, "none"));
        kafka.clientSettings(KafkaAccess.ADMIN)
                .forEach((name, value) -> config.put("tenure.test.kafka." + name, value.toString()));
        return config;
    }

    /** The database server, for a test that stops it or looks into a database. */
    public PostgresServer postgres() {
        return postgres;
    }

    /** The broker, for a test that stops it or reads a topic. */
    public KafkaServer kafka() {
        return kafka;
    }

    @Override
    public void close() {
        kafka.stop();
        postgres.stop();
        servers.close();
    }

    private static String password() {
        var bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private interface Starting {
        void run() throws IOException;
    }

    private static void unchecked(Starting starting) {
        try {
            starting.run();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}

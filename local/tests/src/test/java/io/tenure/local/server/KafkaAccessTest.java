package io.tenure.local.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tenure.local.process.StartFailure;
import io.tenure.local.testing.TestInfra;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaAccessTest {

    private static TestInfra infra;

    @BeforeAll
    static void start() {
        infra = TestInfra.start("lifecycle");
    }

    @AfterAll
    static void stop() {
        infra.close();
    }

    @Test
    void eachTopicHasOneWriter() {
        for (var account : KafkaAccess.accounts()) {
            for (var topic : Topics.FACTS) {
                boolean own = topic.equals(Topics.of(account));
                assertEquals(own, mayWrite(account, topic), account + " writes " + topic);
            }
        }
    }

    @Test
    void aServicePutsAsideOnlyWhatItConsumes() {
        assertTrue(mayWrite("credential", "tenure.lifecycle.credential.dlq"));
        assertEquals(false, mayWrite("credential", "tenure.lifecycle.provisioning.dlq"));
    }

    @Test
    void aServiceReadsOnlyWhatItConsumesInItsOwnGroup() {
        read("notification", "tenure.lifecycle", "tenure-notification");
        assertThrows(
                TopicAuthorizationException.class,
                () -> read("notification", "tenure.provisioning", "tenure-notification"));
        assertThrows(
                GroupAuthorizationException.class, () -> read("notification", "tenure.lifecycle", "tenure-credential"));
    }

    @Test
    void operationsReadAllOfTenureAndNothingOfKafka() {
        for (var topic : Topics.all()) {
            look(KafkaAccess.OPERATIONS, topic);
            assertEquals(false, mayWrite(KafkaAccess.OPERATIONS, topic));
        }
        assertThrows(TopicAuthorizationException.class, () -> look(KafkaAccess.OPERATIONS, "__consumer_offsets"));
    }

    /** For the kcat of most distributions; nobody else's password is taken like this. */
    @Test
    void operationsMayAlsoSayTheirPasswordPlainly() {
        assertEquals(List.of(), plainly(KafkaAccess.OPERATIONS, KafkaAccess.OPERATIONS));
        for (var account : List.of("lifecycle", KafkaAccess.ADMIN)) {
            assertThrows(SaslAuthenticationException.class, () -> plainly(account, account));
        }
        assertThrows(SaslAuthenticationException.class, () -> plainly(KafkaAccess.OPERATIONS, "lifecycle"));
    }

    /** @return the records of a topic that has none; fails unless the account is let in */
    private static List<?> plainly(String account, String whosePassword) {
        var settings = settings(account);
        settings.put("sasl.mechanism", "PLAIN");
        settings.put(
                "sasl.jaas.config",
                infra.kafka()
                        .clientSettings(whosePassword)
                        .get("sasl.jaas.config")
                        .toString()
                        .replace("scram.ScramLoginModule", "plain.PlainLoginModule")
                        .replace("username=\"" + whosePassword, "username=\"" + account));
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            return consumer.partitionsFor("tenure.audit.audit.dlq").stream()
                    .filter(partition -> partition.leader() == null)
                    .toList();
        }
    }

    @Test
    void whoHasNoAccountIsRefused() {
        var stranger = settings("credential");
        stranger.putAll(KafkaAccess.clientSettings("stranger", "guess"));
        assertRefused(SaslAuthenticationException.class, stranger);
        var guessing = settings("credential");
        guessing.putAll(KafkaAccess.clientSettings("admin", "guess"));
        assertRefused(SaslAuthenticationException.class, guessing);
        Map<String, Object> plain =
                new HashMap<>(Map.of("bootstrap.servers", infra.kafka().bootstrapServers()));
        plain.put("max.block.ms", 2_000);
        assertThrows(ExecutionException.class, () -> send(plain, "tenure.lifecycle"));
    }

    @Test
    void noServiceGivesItselfRights() {
        try (var admin = Admin.create(settings("notification"))) {
            var refused = assertThrows(
                    ExecutionException.class, () -> admin.createAcls(List.of(rule("notification", "tenure.lifecycle")))
                            .all()
                            .get(30, TimeUnit.SECONDS));
            assertInstanceOf(ClusterAuthorizationException.class, refused.getCause());
        }
    }

    @Test
    void surplusRulesAreRemoved() throws Exception {
        try (var admin = infra.kafka().admin()) {
            admin.createAcls(List.of(rule("audit", "tenure.credential"))).all().get(30, TimeUnit.SECONDS);
            infra.kafka().ensureAccess();
            assertEquals(KafkaAccess.rules(), KafkaAccess.rules(admin));
        }
    }

    @Test
    void aPasswordThatChangesIsBroughtInLine(@TempDir Path dir) throws Exception {
        var passwords = new HashMap<String, String>();
        var server = new KafkaServer(new KafkaServer.Config(
                dir.resolve("kafka"),
                dir.resolve("kafka.log"),
                null,
                Ports.free(),
                Ports.free(),
                account -> passwords.computeIfAbsent(account, any -> "first-" + any)));
        try {
            server.start();
            server.ensureTopics(List.of("tenure.credential"), 1);
            server.ensureAccess();
            var before = server.clientSettings("credential");
            send(before, "tenure.credential");
            passwords.put("credential", "second");
            server.ensureAccess();
            send(server.clientSettings("credential"), "tenure.credential");
            before.put("max.block.ms", 5_000);
            assertRefused(SaslAuthenticationException.class, before);
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(dir.resolve("kafka/server.properties"))));
            server.stop();
            passwords.put(KafkaAccess.ADMIN, "of-other-secrets");
            var refused = assertThrows(StartFailure.class, server::start);
            assertTrue(refused.getMessage().contains("./tenure reset"), refused.getMessage());
        } finally {
            server.stop();
        }
    }

    @Test
    void stateOfAnOlderVersionIsNotTakenUp(@TempDir Path dir) throws Exception {
        Files.createDirectories(dir.resolve("kafka/data"));
        var server = new KafkaServer(new KafkaServer.Config(
                dir.resolve("kafka"), dir.resolve("kafka.log"), null, Ports.free(), Ports.free(), any -> any));
        var refused = assertThrows(StartFailure.class, server::start);
        assertTrue(refused.getMessage().contains("./tenure reset"), refused.getMessage());
    }

    private static AclBinding rule(String account, String topic) {
        return new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                new AccessControlEntry("User:" + account, "*", AclOperation.WRITE, AclPermissionType.ALLOW));
    }

    private static Map<String, Object> settings(String account) {
        var settings = infra.kafka().clientSettings(account);
        settings.put("max.block.ms", 10_000);
        return settings;
    }

    private static boolean mayWrite(String account, String topic) {
        try {
            send(settings(account), topic);
            return true;
        } catch (ExecutionException | KafkaException refused) {
            // An account without any right to write may be refused the producer's id first, which is a right on the
            // cluster; then the producer refuses the record itself.
            assertInstanceOf(AuthorizationException.class, refused.getCause());
            return false;
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    private static void assertRefused(Class<? extends Exception> why, Map<String, Object> settings) {
        var refused = assertThrows(ExecutionException.class, () -> send(settings, "tenure.credential"));
        assertInstanceOf(why, refused.getCause());
    }

    private static void send(Map<String, Object> settings, String topic)
            throws ExecutionException, InterruptedException {
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, "key", "{}")).get();
        }
    }

    /** Reads without a group, as kcat does. */
    private static void look(String account, String topic) {
        try (var consumer =
                new KafkaConsumer<>(settings(account), new StringDeserializer(), new StringDeserializer())) {
            var first = new TopicPartition(topic, 0);
            consumer.assign(List.of(first));
            consumer.seekToBeginning(List.of(first));
            consumer.position(first);
        }
    }

    private static void read(String account, String topic, String group) {
        var settings = settings(account);
        settings.put("group.id", group);
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            // Until the group has given it something to read.
            for (int i = 0; i < 100 && consumer.assignment().isEmpty(); i++) {
                consumer.poll(Duration.ofMillis(100));
            }
            consumer.assignment().forEach(consumer::position);
        }
    }
}

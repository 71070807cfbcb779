package io.tenure.local.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tenure.local.process.ChildProcess;
import io.tenure.local.server.Ports;
import io.tenure.local.server.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class TestInfraTest {

    @Test
    void givesARealDatabaseAndBrokerAndLeavesNothing() throws Exception {
        var infra = TestInfra.start("sample");
        var postgres = infra.postgres().process();
        var kafka = infra.kafka().process();
        try {
            var config = infra.config();
            assertDatabase(infra, config);
            assertBroker(infra, config);
        } finally {
            infra.close();
        }
        // No process of this machine where the servers are containers.
        assertFalse(postgres.stream().anyMatch(ChildProcess::isAlive));
        assertFalse(kafka.stream().anyMatch(ChildProcess::isAlive));
        assertTrue(Ports.isFree(infra.postgres().port()));
        assertTrue(Ports.isFree(infra.kafka().port()));
        try (var left = Files.list(Path.of("target"))) {
            assertEquals(
                    0,
                    left.filter(f -> f.getFileName().toString().startsWith("infra-"))
                            .count());
        }
    }

    private static void assertDatabase(TestInfra infra, Map<String, String> config) throws SQLException {
        try (var owner = infra.postgres().connect("sample_owner", config.get("tenure.db.owner-password"), "sample");
                var statement = owner.createStatement()) {
            statement.execute("CREATE TABLE fact (id int PRIMARY KEY)");
            statement.execute("GRANT SELECT ON fact TO sample");
            try (var version = statement.executeQuery("SHOW server_version")) {
                assertTrue(version.next() && version.getString(1).startsWith("18"), version.getString(1));
            }
        }
        try (var runtime = infra.postgres().connect("sample", config.get("tenure.db.password"), "sample");
                var statement = runtime.createStatement()) {
            statement.execute("SELECT * FROM fact");
            assertThrows(SQLException.class, () -> statement.execute("CREATE TABLE other (id int)"));
        }
        assertThrows(SQLException.class, () -> infra.postgres().connect("sample", "guess", "sample"));
    }

    private static void assertBroker(TestInfra infra, Map<String, String> config) throws Exception {
        try (var admin = infra.kafka().admin()) {
            var names = admin.listTopics().names().get();
            assertTrue(names.containsAll(new HashSet<>(Topics.all())), names.toString());
            var described = admin.describeTopics(Topics.FACTS).allTopicNames().get();
            described
                    .values()
                    .forEach(t -> assertEquals(Topics.PARTITIONS, t.partitions().size()));
        }
        Map<String, Object> settings = config.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("tenure.test.kafka."))
                .collect(Collectors.toMap(
                        entry -> entry.getKey().substring("tenure.test.kafka.".length()), Map.Entry::getValue));
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            // A sender whose clock is a day ahead is heard all the same, and the broker's clock counts.
            long tomorrow = Instant.now().plus(Duration.ofDays(1)).toEpochMilli();
            var sent = producer.send(new ProducerRecord<>("tenure.lifecycle", null, tomorrow, "tenant", "{}"))
                    .get();
            assertEquals(0, sent.offset());
            assertTrue(sent.timestamp() < tomorrow);
        }
    }
}

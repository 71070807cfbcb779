package io.tenure.kit.inbox;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.ProvisioningFact.BackupResponsibility;
import io.tenure.events.ProvisioningFact.TenantCreated;
import io.tenure.events.ProvisioningFact.TenantRestored;
import io.tenure.kit.Database;
import io.tenure.kit.Ids;
import io.tenure.kit.KitTest;
import io.tenure.kit.Records;
import io.tenure.kit.testing.TestRecords;
import io.tenure.kit.testing.TestTokens;
import io.tenure.local.testing.TestInfra;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** However a server goes away and for however long: each event has its effect once, and none is a dead letter. */
@KitTest
class InboxOutageTest {

    private static final String TOPIC = "tenure.provisioning";

    private final UUID tenant = Ids.next();

    @Inject
    Circuit circuit;

    @Inject
    KafkaClientService kafka;

    TestInfra infra;

    @Test
    void whileTheDatabaseRefusesWritesThePartitionIsPausedAndRequestsAreToldToComeAgain() throws Exception {
        List<Event> events = new ArrayList<>(created(1));
        for (int i = 0; i < 600; i++) {
            events.add(Records.event(tenant, new TenantRestored(Ids.next(), 1, 0)));
        }
        events.addAll(created(4));
        Database.becomeReadOnly();
        try {
            publish(events);
            // Longer than five attempts of a defect take.
            await().until(() -> circuit.openSince()
                    .filter(since -> since.isBefore(Instant.now().minusSeconds(5)))
                    .isPresent());
            await().until(() -> !kafka.getConsumer("provisioning")
                    .paused()
                    .await()
                    .indefinitely()
                    .isEmpty());
            await().untilAsserted(() -> given().get("/q/health/ready")
                    .then()
                    .body("checks.find { it.name == 'Inbox' }.data.databaseAwaySince", notNullValue()));
            given().auth()
                    .oauth2(TestTokens.of("lifecycle", "account-manager"))
                    .contentType("application/json")
                    .body("{\"tenantId\":\"" + tenant + "\",\"name\":\"a\"}")
                    .post("/samples")
                    .then()
                    .statusCode(503)
                    .header("Retry-After", notNullValue())
                    .contentType("application/problem+json")
                    .body("type", equalTo("urn:tenure:problem:unavailable"))
                    .body("detail", containsString("Nothing was changed."));
            assertEquals(1, members());
        } finally {
            Database.becomeWritable();
        }

        awaitSamples(5);
        assertEquals(List.of(), deadLetters());
        assertFalse(circuit.openSince().isPresent());
    }

    @Test
    void theDatabaseStopsAndStartsInTheMiddle() throws Exception {
        publish(created(20));
        await().until(() -> samples() > 0);
        infra.postgres().stop();
        try {
            publish(created(20));
            await().until(() -> circuit.openSince().isPresent());
        } finally {
            infra.postgres().start();
        }

        awaitSamples(40);
        assertEquals(List.of(), deadLetters());
    }

    @Test
    void connectionsAreCutAgainAndAgain() throws Exception {
        publish(created(200));
        for (int cut = 1; cut <= 5; cut++) {
            int some = cut * 10;
            await().ignoreExceptions().until(() -> samples() >= some);
            Database.cutConnections();
        }

        awaitSamples(200);
        assertEquals(List.of(), deadLetters());
    }

    @Test
    void kafkaStopsAndStartsInTheMiddle() throws Exception {
        publish(created(200));
        await().until(() -> samples() > 0);
        infra.kafka().stop();
        infra.kafka().start();
        publish(created(10));

        awaitSamples(210);
        assertEquals(List.of(), deadLetters());
    }

    private List<Event> created(int count) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(Records.event(
                    tenant, new TenantCreated(tenant, List.of("de-fra-1"), BackupResponsibility.CUSTOMER)));
        }
        return events;
    }

    private void publish(List<Event> events) {
        EventCodec codec = new EventCodec();
        TestRecords.publish(
                TOPIC, tenant.toString(), events.stream().map(codec::encode).toArray(byte[][]::new));
    }

    /** How many consumers the group has; one that was thrown out would have joined again under another id. */
    private int members() throws Exception {
        try (var admin = infra.kafka().admin()) {
            return admin.describeConsumerGroups(List.of("tenure-lifecycle"))
                    .all()
                    .get()
                    .get("tenure-lifecycle")
                    .members()
                    .size();
        }
    }

    private void awaitSamples(long count) {
        await().ignoreExceptions().untilAsserted(() -> assertEquals(count, samples()));
    }

    /** Beside the service, whose own connections are cut. */
    private long samples() throws SQLException {
        try (Connection connection = Database.connect();
                ResultSet rows = connection
                        .createStatement()
                        .executeQuery("SELECT count(*) FROM sample WHERE tenant_id = '" + tenant
                                + "' AND name = 'created'")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private List<?> deadLetters() {
        return TestRecords.read("tenure.provisioning.lifecycle.dlq", tenant.toString());
    }
}

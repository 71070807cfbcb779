package io.tenure.provisioning.tenant;

import static io.tenure.provisioning.Api.asManager;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.tenure.events.Event;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.events.NotificationFact.Channel;
import io.tenure.events.NotificationFact.NoticeDelivered;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.events.ProvisioningFact.TenantAssetsDeleted;
import io.tenure.events.ProvisioningFact.TenantContactErased;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.TestRecords;
import io.tenure.provisioning.Api;
import io.tenure.provisioning.ProvisioningTest;
import io.tenure.provisioning.Topics;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.data.Interval;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@ProvisioningTest
class ContactErasureTest {

    private static final String CONTACT =
            "{\"name\":\"Grace Hopper\",\"email\":\"grace@customer.example\",\"phone\":\"+49 30 7654321\"}";

    @Inject
    Pool pool;

    private final UUID termination = Ids.next();

    @Test
    void theContactGoesWhenTheCertificateArrives() {
        UUID tenant = deletedTenant();
        asManager().get("/v1/tenants/{id}", tenant).then().body("contact.email", notNullValue());
        // A wrong address can still be corrected, so that the certificate arrives.
        asManager()
                .header("If-Match", "*")
                .body(CONTACT)
                .put("/v1/tenants/{id}/contact", tenant)
                .then()
                .statusCode(200);

        Event delivered = deliver(tenant, NoticeKind.DELETION_CERTIFICATE, termination);
        Topics.await(tenant, TenantContactErased.class, 1);
        Topics.deliver("notification", delivered);
        Event again = deliver(tenant, NoticeKind.DELETION_CERTIFICATE, termination);
        awaitReceived(again);

        assertErased(tenant);
        assertThat(Topics.published(tenant, TenantContactErased.class)).hasSize(1);
        assertThat(row("SELECT count(*) FROM task WHERE tenant_id = $1", tenant).getLong(0))
                .isZero();
        asManager()
                .header("If-Match", "*")
                .body(CONTACT)
                .put("/v1/tenants/{id}/contact", tenant)
                .then()
                .statusCode(409)
                .body("type", equalTo("urn:tenure:problem:contact-erased"));
    }

    @Test
    void theContactGoesInTheEndThoughNoMailArrives() {
        UUID tenant = deletedTenant();
        Row due = row(
                "SELECT due_at - deleted_at FROM task JOIN tenant ON tenant.id = tenant_id"
                        + " WHERE kind = 'contact-erasure' AND tenant_id = $1",
                tenant);
        assertThat(due.get(Interval.class, 0).toDuration())
                .isBetween(
                        Duration.ofDays(30).minusMinutes(1), Duration.ofDays(30).plusMinutes(1));

        row("UPDATE task SET due_at = now() WHERE kind = 'contact-erasure' AND tenant_id = $1 RETURNING 1", tenant);

        Topics.await(tenant, TenantContactErased.class, 1);
        assertErased(tenant);
    }

    @Test
    void otherNoticesEraseNothing() {
        UUID tenant = deletedTenant();
        for (NoticeKind kind : NoticeKind.values()) {
            if (kind != NoticeKind.DELETION_CERTIFICATE) {
                deliver(tenant, kind, termination);
            }
        }
        // Comes after them; once it is a dead letter, the others have been processed.
        deliver(tenant, NoticeKind.DELETION_CERTIFICATE, Ids.next());
        awaitDeadLetter(tenant);
        asManager().get("/v1/tenants/{id}", tenant).then().body("contact.email", notNullValue());
    }

    @Test
    void aCertificateOfNoDeletionGoesToTheDeadLetter() {
        UUID active = Api.newTenant();
        deliver(active, NoticeKind.DELETION_CERTIFICATE, termination);

        awaitDeadLetter(active);
        asManager().get("/v1/tenants/{id}", active).then().body("contact.email", notNullValue());
    }

    private void assertErased(UUID tenant) {
        asManager()
                .get("/v1/tenants/{id}", tenant)
                .then()
                .statusCode(200)
                .body("contact", nullValue())
                .body("name", equalTo("Customer plc"));
        Row row = row(
                "SELECT contact IS NULL AND wrapped IS NULL AND destroyed_at IS NOT NULL FROM tenant"
                        + " JOIN tenant_key ON tenant_id = tenant.id WHERE tenant.id = $1",
                tenant);
        assertThat(row.getBoolean(0)).isTrue();
    }

    private UUID deletedTenant() {
        UUID tenant = Api.newTenant();
        Topics.publish("lifecycle", tenant, termination, new TerminationRequested(termination));
        Topics.await(tenant, TenantDisabled.class, 1);
        Topics.publish("lifecycle", tenant, termination, Topics.deletion(tenant, termination));
        Topics.await(tenant, TenantAssetsDeleted.class, 1);
        return tenant;
    }

    private static Event deliver(UUID tenant, NoticeKind kind, UUID termination) {
        return Topics.publish(
                "notification",
                tenant,
                termination,
                new NoticeDelivered(Ids.next(), kind, termination, 0, 1, Channel.EMAIL, "<1@csp.example>", 1));
    }

    private void awaitReceived(Event event) {
        await().until(() -> row("SELECT count(*) FROM inbox WHERE event_id = $1", event.id())
                        .getLong(0)
                == 1);
    }

    private static void awaitDeadLetter(UUID tenant) {
        await().until(() -> TestRecords.read("tenure.notification.provisioning.dlq", tenant.toString())
                        .size()
                == 1);
    }

    private Row row(String sql, UUID parameter) {
        return pool.preparedQuery(sql)
                .execute(Tuple.of(parameter))
                .await()
                .indefinitely()
                .iterator()
                .next();
    }
}

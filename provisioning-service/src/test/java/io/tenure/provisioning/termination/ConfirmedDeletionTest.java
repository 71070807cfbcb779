package io.tenure.provisioning.termination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tenure.events.AssetAction;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.events.ProvisioningFact.AssetActionBlocked;
import io.tenure.events.ProvisioningFact.AssetSanitized;
import io.tenure.events.ProvisioningFact.TenantAssetsDeleted;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.Lifecycle;
import io.tenure.kit.testing.TestRecords;
import io.tenure.provisioning.Api;
import io.tenure.provisioning.ProvisioningTest;
import io.tenure.provisioning.Topics;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Nothing is wiped because of a Kafka message alone. */
@ProvisioningTest
class ConfirmedDeletionTest {

    private final UUID termination = Ids.next();

    @Inject
    Pool pool;

    @Test
    void aDeletionThatLifecycleDoesNotKnowChangesNothing() {
        UUID tenant = disabled();
        Topics.forge("lifecycle", tenant, termination, Topics.deletion(tenant, termination));

        assertThat(letter(tenant)).isEqualTo("the lifecycle service ordered no such deletion");
        assertStillThere(tenant);
    }

    @Test
    void aDeletionOfAnotherTenantChangesNothing() {
        UUID tenant = disabled();
        Lifecycle.orders(termination, Ids.next(), Topics.manifest(tenant));
        Topics.forge("lifecycle", tenant, termination, Topics.deletion(tenant, termination));

        assertThat(letter(tenant)).isEqualTo("the lifecycle service ordered the deletion of another tenant");
        assertStillThere(tenant);
    }

    @Test
    void aTerminationThatIsOnlyRetainedDeletesNothing() {
        UUID tenant = disabled();
        Lifecycle.says(
                termination, 409, "application/problem+json", "{\"type\":\"urn:tenure:problem:deletion-not-ordered\"}");
        Topics.forge("lifecycle", tenant, termination, Topics.deletion(tenant, termination));

        assertThat(letter(tenant)).isEqualTo("the lifecycle service ordered no such deletion");
        assertStillThere(tenant);
    }

    /**
     * Wrong answers first: a gateway error, an HTML page, another service's 404, a refused token; then lifecycle
     * itself.
     */
    @Test
    void withoutAnAnswerTheDeletionWaitsAndSaysSo() {
        UUID tenant = disabled();
        Lifecycle.says(termination, 503, "text/html", "<h1>Bad gateway</h1>");
        Topics.forge("lifecycle", tenant, termination, Topics.deletion(tenant, termination));

        List<AssetActionBlocked> blocked = Topics.await(tenant, AssetActionBlocked.class, 1);
        assertThat(blocked.getFirst().action()).isEqualTo(AssetAction.CONFIRM);
        Lifecycle.says(termination, 200, "text/html", "<h1>Welcome</h1>");
        Topics.await(tenant, AssetActionBlocked.class, 2);
        Lifecycle.says(termination, 404, "application/problem+json", "{\"type\":\"urn:tenure:problem:not-found\"}");
        Topics.await(tenant, AssetActionBlocked.class, 3);
        Lifecycle.says(termination, 401, "application/problem+json", "{}");
        Topics.await(tenant, AssetActionBlocked.class, 4);
        assertStillThere(tenant);

        Lifecycle.orders(termination, tenant, Topics.manifest(tenant));
        hasten(tenant);
        Topics.await(tenant, TenantAssetsDeleted.class, 1);
        assertThat(letters(tenant)).isEmpty();
    }

    @Test
    void aDeletionThatComesTwiceHappensOnce() {
        UUID tenant = disabled();
        var event = Topics.publish("lifecycle", tenant, termination, Topics.deletion(tenant, termination));
        Topics.deliver("lifecycle", event);
        Topics.await(tenant, TenantAssetsDeleted.class, 1);
        Topics.publish("lifecycle", tenant, termination, Topics.deletion(tenant, termination));

        await().until(() -> count("SELECT count(*) FROM unconfirmed WHERE tenant_id = $1", tenant) == 0);
        assertThat(Topics.published(tenant, TenantAssetsDeleted.class)).hasSize(1);
    }

    /** Lifecycle confirms a deletion, but the tenant was never disabled: the domain refuses, and nothing is deleted. */
    @Test
    void whatTheDomainRefusesIsPutAside() {
        UUID tenant = Api.newTenant();
        Topics.publish("lifecycle", tenant, termination, Topics.deletion(tenant, termination));

        assertThat(letter(tenant)).isNotBlank();
        assertThat(Topics.published(tenant, AssetSanitized.class)).isEmpty();
    }

    private UUID disabled() {
        UUID tenant = Api.newTenant();
        Topics.publish("lifecycle", tenant, termination, new TerminationRequested(termination));
        Topics.await(tenant, TenantDisabled.class, 1);
        return tenant;
    }

    private void assertStillThere(UUID tenant) {
        Api.asManager().get("/v1/tenants/{id}", tenant).then().statusCode(200);
        assertThat(count("SELECT count(*) FROM tenant WHERE id = $1 AND status = 'DISABLED'", tenant))
                .isOne();
        assertThat(Topics.published(tenant, TenantAssetsDeleted.class)).isEmpty();
    }

    private void hasten(UUID tenant) {
        pool.preparedQuery("UPDATE task SET due_at = now() WHERE tenant_id = $1")
                .execute(Tuple.of(tenant))
                .await()
                .indefinitely();
    }

    private long count(String sql, UUID tenant) {
        return pool.preparedQuery(sql)
                .execute(Tuple.of(tenant))
                .await()
                .indefinitely()
                .iterator()
                .next()
                .getLong(0);
    }

    private static String letter(UUID tenant) {
        await().until(() -> letters(tenant).size() == 1);
        return TestRecords.header(letters(tenant).getFirst(), "dead-letter-reason");
    }

    private static List<ConsumerRecord<String, byte[]>> letters(UUID tenant) {
        return TestRecords.read("tenure.lifecycle.provisioning.dlq", tenant.toString());
    }
}

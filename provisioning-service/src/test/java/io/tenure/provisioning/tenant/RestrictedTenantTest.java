package io.tenure.provisioning.tenant;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tenure.events.CredentialFact.TenantAccessRestored;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.TestRecords;
import io.tenure.kit.testing.TestTokens;
import io.tenure.provisioning.Api;
import io.tenure.provisioning.ProvisioningTest;
import io.tenure.provisioning.Topics;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the people of a tenant may do here once the credential service has restricted it. */
@ProvisioningTest
class RestrictedTenantTest {

    private static final String SERVICE = "provisioning";

    private UUID tenant;
    private final UUID termination = Ids.next();
    private final Instant restrictedAt = Instant.now();
    private final TenantAccessRestricted restricted = new TenantAccessRestricted(termination, restrictedAt, 1, 1);

    @BeforeEach
    void aTenant() {
        tenant = Api.newTenant();
    }

    @Test
    void aTokenFromBeforeCountsNoLongerAndANewOneAfterTheRestoration() {
        String before = Api.tenantToken(tenant);
        assertEquals(200, statusFor(before));

        Topics.publish("credential", tenant, termination, restricted);
        await().until(() -> statusFor(before) == 401);
        Api.as(before)
                .body(Api.vmBody("web-1", 16))
                .post("/v1/tenants/{id}/vms", tenant)
                .then()
                .statusCode(401)
                .body("type", equalTo("urn:tenure:problem:log-in-again"));
        assertEquals(403, statusFor(TestTokens.departing(SERVICE, tenant)));
        assertEquals(200, statusFor(Api.token("account-manager")));

        Topics.publish("credential", tenant, termination, new TenantAccessRestored(termination, 1));
        String after = TestTokens.issuedAt(restrictedAt.plusSeconds(1), SERVICE, tenant, "tenant-admin");
        await().until(() -> statusFor(after) == 200);
        assertEquals(401, statusFor(before));
    }

    /** On another service's topic, claiming to be the credential service. */
    @Test
    void aForgedRestrictionHasNoEffect() {
        Event forged = new Event(
                Ids.next(),
                "/tenure/credential",
                "/v1/tenants/" + tenant,
                Instant.now(),
                tenant,
                termination,
                null,
                restricted);
        TestRecords.publish("tenure.lifecycle", tenant.toString(), new EventCodec().encode(forged));
        await().until(() -> !TestRecords.read("tenure.lifecycle.provisioning.dlq", tenant.toString())
                .isEmpty());
        assertEquals(200, statusFor(Api.tenantToken(tenant)));
    }

    private int statusFor(String token) {
        return Api.as(token).get("/v1/tenants/{id}", tenant).statusCode();
    }
}

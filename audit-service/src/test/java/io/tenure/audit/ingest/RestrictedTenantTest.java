package io.tenure.audit.ingest;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tenure.audit.AuditTest;
import io.tenure.events.CredentialFact.TenantAccessRestored;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.Fact;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.TestRecords;
import io.tenure.kit.testing.TestTokens;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The service enforces restrictions that it logs: tokens from before a restriction can read nothing. */
@AuditTest
class RestrictedTenantTest {

    private static final String SERVICE = "audit";

    private final UUID tenant = Ids.next();
    private final UUID termination = Ids.next();
    private final Instant restrictedAt = Instant.now();

    @Test
    void aTokenFromBeforeCountsNoLongerAndANewOneAfterTheRestoration() {
        String before = TestTokens.ofTenant(SERVICE, tenant);
        assertEquals(200, statusFor(before));

        publish("tenure.credential", new TenantAccessRestricted(termination, restrictedAt, 1, 1));
        await().until(() -> statusFor(before) == 401);
        given().auth().oauth2(before).get("/v1/events").then().body("type", equalTo("urn:tenure:problem:log-in-again"));
        assertEquals(403, statusFor(TestTokens.departing(SERVICE, tenant)));
        assertEquals(200, statusFor(TestTokens.of(SERVICE, "auditor")));

        publish("tenure.credential", new TenantAccessRestored(termination, 1));
        String after = TestTokens.issuedAt(restrictedAt.plusSeconds(1), SERVICE, tenant, "tenant-admin");
        await().until(() -> statusFor(after) == 200);
        assertEquals(401, statusFor(before));
    }

    /** On another service's topic, claiming to be the credential service. */
    @Test
    void aForgedRestrictionHasNoEffect() {
        publish("tenure.lifecycle", new TenantAccessRestricted(termination, restrictedAt, 1, 1));
        await().until(() -> !TestRecords.read("tenure.lifecycle.audit.dlq", tenant.toString())
                .isEmpty());
        assertEquals(200, statusFor(TestTokens.ofTenant(SERVICE, tenant)));
    }

    private void publish(String topic, Fact fact) {
        Event event = new Event(
                Ids.next(),
                "/tenure/credential",
                "/v1/tenants/" + tenant,
                Instant.now(),
                tenant,
                termination,
                null,
                fact);
        TestRecords.publish(topic, tenant.toString(), new EventCodec().encode(event));
    }

    private static int statusFor(String token) {
        return given().auth().oauth2(token).get("/v1/events").statusCode();
    }
}

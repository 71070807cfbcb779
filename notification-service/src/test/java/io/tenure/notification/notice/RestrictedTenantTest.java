package io.tenure.notification.notice;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tenure.events.CredentialFact.TenantAccessRestored;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.TestTokens;
import io.tenure.notification.NotificationTest;
import io.tenure.notification.outside.Topics;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What the people of a tenant may read here once the credential service has restricted it. */
@NotificationTest
class RestrictedTenantTest {

    private static final String SERVICE = "notification";

    private final UUID tenant = Ids.next();
    private final UUID termination = Ids.next();
    private final Instant restrictedAt = Instant.now();

    @Test
    void aTokenFromBeforeCountsNoLongerAndANewOneAfterTheRestoration() {
        String before = TestTokens.ofTenant(SERVICE, tenant);
        assertEquals(200, statusFor(before));

        Topics.publish(Topics.event(
                "credential", tenant, termination, new TenantAccessRestricted(termination, restrictedAt, 1, 1)));
        await().until(() -> statusFor(before) == 401);
        given().auth()
                .oauth2(before)
                .get("/v1/notices")
                .then()
                .body("type", equalTo("urn:tenure:problem:log-in-again"));
        assertEquals(403, statusFor(TestTokens.departing(SERVICE, tenant)));
        assertEquals(200, statusFor(TestTokens.of(SERVICE, "account-manager")));

        Topics.publish(Topics.event("credential", tenant, termination, new TenantAccessRestored(termination, 1)));
        String after = TestTokens.issuedAt(restrictedAt.plusSeconds(1), SERVICE, tenant, "tenant-admin");
        await().until(() -> statusFor(after) == 200);
        assertEquals(401, statusFor(before));
    }

    private static int statusFor(String token) {
        return given().auth().oauth2(token).get("/v1/notices").statusCode();
    }
}

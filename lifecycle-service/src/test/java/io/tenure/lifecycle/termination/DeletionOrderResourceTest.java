package io.tenure.lifecycle.termination;

import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import io.restassured.RestAssured;
import io.restassured.response.ValidatableResponse;
import io.tenure.kit.Ids;
import io.tenure.kit.access.Roles;
import io.tenure.lifecycle.LifecycleTest;
import io.tenure.lifecycle.Story;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@LifecycleTest
class DeletionOrderResourceTest {

    @Test
    void aDeletionThatStartedIsConfirmedWithItsTenant() {
        Story story = Story.deleting();

        ask(story.termination)
                .statusCode(200)
                .body("terminationId", equalTo(story.termination.toString()))
                .body("tenantId", equalTo(story.tenant.toString()))
                .body("deletionStartedAt", notNullValue());
    }

    /** A late worker asks again. */
    @Test
    void aDeletionThatIsCompleteStaysConfirmed() {
        ask(Story.deleted().termination).statusCode(200);
    }

    @Test
    void nothingElseIs() {
        ask(Story.requested().termination)
                .statusCode(409)
                .body("type", equalTo("urn:tenure:problem:deletion-not-ordered"));
        Story retained = Story.retained();
        ask(retained.termination).statusCode(409);
        retained.cancel();
        ask(retained.termination).statusCode(409);
        ask(Ids.next()).statusCode(404).body("type", equalTo("urn:tenure:problem:no-such-termination"));
    }

    @Test
    void aMalformedIdIsToldAsOne() {
        Story.as(Roles.DELETION_ORDER_READER)
                .get("/v1/terminations/nonsense/deletion-order")
                .then()
                .statusCode(400)
                .body("type", equalTo("urn:tenure:problem:malformed-id"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"csp-operator", "csp-admin", "account-manager", "auditor", "service", "tenant-admin"})
    void nobodyElseMayAsk(String role) {
        Story.as(role)
                .get("/v1/terminations/{id}/deletion-order", Ids.next())
                .then()
                .statusCode(403);
        RestAssured.get("/v1/terminations/{id}/deletion-order", Ids.next())
                .then()
                .statusCode(401);
    }

    private static ValidatableResponse ask(UUID termination) {
        return Story.as(Roles.DELETION_ORDER_READER)
                .get("/v1/terminations/{id}/deletion-order", termination)
                .then();
    }
}

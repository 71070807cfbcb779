package io.tenure.lifecycle.termination;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import io.tenure.kit.testing.TestTokens;
import io.tenure.lifecycle.LifecycleTest;
import io.tenure.lifecycle.Records.Told;
import io.tenure.lifecycle.Story;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A tenant's administrator whose access is reduced to its termination. */
@LifecycleTest
class DepartingAdministratorTest {

    @Test
    void seesItsTerminationAndCallsItBack() {
        Story story = Story.retained();
        assertEquals(401, story.asAdministrator().get("/v1/terminations").statusCode());

        departing(story)
                .get("/v1/terminations")
                .then()
                .statusCode(200)
                .body("items.id", equalTo(List.of(story.termination.toString())));
        departing(story)
                .get("/v1/terminations/{id}", story.termination)
                .then()
                .statusCode(200)
                .body("state", equalTo("RETAINED"));
        departing(story)
                .contentType(ContentType.JSON)
                .header("Idempotency-Key", "again-" + story.termination)
                .body(Map.of("tenantId", story.tenant, "checklist", Story.CHECKLIST))
                .post("/v1/terminations")
                .then()
                .statusCode(403);
        departing(story)
                .post("/v1/terminations/{id}/cancellation", story.termination)
                .then()
                .statusCode(202)
                .body("state", equalTo("RESTORING"));
        story.restoration().forEach(Told::publish);
        story.awaitState("CANCELLED");
        await().until(() -> afterwards(story).get("/v1/terminations").statusCode() == 200);
    }

    @Test
    void fetchesTheCertificateAfterTheDeletion() {
        Story story = Story.deleted();
        departing(story)
                .get("/v1/terminations/{id}/certificate", story.termination)
                .then()
                .statusCode(200);
    }

    @Test
    void seesNothingOfOthers() {
        Story story = Story.retained();
        Story stranger = Story.retained();
        for (String path : List.of("", "/certificate")) {
            departing(stranger)
                    .get("/v1/terminations/{id}" + path, story.termination)
                    .then()
                    .statusCode(404);
        }
        departing(stranger)
                .post("/v1/terminations/{id}/cancellation", story.termination)
                .then()
                .statusCode(404);
        departing(stranger)
                .get("/v1/terminations?tenantId={tenant}", story.tenant)
                .then()
                .statusCode(200)
                .body("items", hasSize(0));
        given().auth()
                .oauth2(TestTokens.of("lifecycle", "departing-admin"))
                .get("/v1/terminations")
                .then()
                .statusCode(403)
                .body("type", equalTo("urn:tenure:problem:no-tenant"));
        assertEquals("RETAINED", story.get().path("state"));
    }

    private static RequestSpecification departing(Story story) {
        return given().auth().oauth2(TestTokens.departing("lifecycle", story.tenant));
    }

    private static RequestSpecification afterwards(Story story) {
        return given().auth()
                .oauth2(TestTokens.issuedAt(
                        Story.RESTRICTED_AT.plusSeconds(1), "lifecycle", story.tenant, "tenant-admin"));
    }
}

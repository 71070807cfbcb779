package io.tenure.lifecycle.termination;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.TestTokens;
import io.tenure.lifecycle.LifecycleTest;
import io.tenure.lifecycle.Records;
import io.tenure.lifecycle.Records.Told;
import io.tenure.lifecycle.Story;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@LifecycleTest
class TerminationResourceTest {

    private static final String LOCATION = "Location";

    @Test
    void aRequestIsAcceptedAndPointsToItsTermination() {
        Story story = Story.of();

        Response accepted = story.request();

        accepted.then()
                .statusCode(202)
                .body("tenantId", equalTo(story.tenant.toString()))
                .body("state", equalTo("REQUESTED"))
                .body("requestedAt", notNullValue())
                .body("retentionEndsAt", nullValue())
                .body("holds", hasSize(0))
                .body("blockers", hasSize(0));
        String path = accepted.header(LOCATION).replaceFirst("^https?://[^/]+", "");
        // Equal to the last digit of its times.
        Story.as("auditor").get(path).then().statusCode(200).body(equalTo(accepted.asString()));
    }

    @Test
    void aRepeatedRequestGetsTheSameTermination() {
        Story story = Story.requested();

        story.request().then().statusCode(200).body("id", equalTo(story.termination.toString()));
        post(story.asAdministrator(), body(story)).statusCode(200).body("id", equalTo(story.termination.toString()));

        assertThat(terminations(story.tenant)).isEqualTo(1);
    }

    @Test
    void anIdempotencyKeyServesItsRequestOnly() {
        Story story = Story.of();
        Story other = Story.of();
        String key = "key-" + story.tenant;

        String first = post(Story.as("account-manager"), key, body(story))
                .statusCode(202)
                .extract()
                .path("id");
        post(Story.as("account-manager"), key, body(story)).statusCode(200).body("id", equalTo(first));
        post(Story.as("account-manager"), key, body(other))
                .statusCode(422)
                .body("type", equalTo("urn:tenure:problem:idempotency-key-reused"));
        assertThat(terminations(other.tenant)).isZero();
    }

    @Test
    void concurrentRequestsBeginOneTermination() throws Exception {
        Story story = Story.of();
        CyclicBarrier together = new CyclicBarrier(8);
        Set<String> ids = new HashSet<>();
        int accepted = 0;
        try (var threads = Executors.newFixedThreadPool(8)) {
            List<Future<Response>> answers = IntStream.range(0, 8)
                    .mapToObj(i -> threads.submit(() -> {
                        together.await();
                        return story.request();
                    }))
                    .toList();
            for (Future<Response> answer : answers) {
                assertThat(answer.get().statusCode()).isIn(200, 202);
                accepted += answer.get().statusCode() == 202 ? 1 : 0;
                ids.add(answer.get().path("id"));
            }
        }
        assertThat(ids).hasSize(1);
        assertThat(accepted).isEqualTo(1);
        assertThat(terminations(story.tenant)).isEqualTo(1);
        Awaitility.await().until(() -> !published(story).isEmpty());
        assertThat(published(story)).hasSize(1);
    }

    @Test
    void anUnknownTenantIsNotFound() {
        post(Story.as("account-manager"), Map.of("tenantId", Ids.next(), "checklist", Story.CHECKLIST))
                .statusCode(404)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:tenure:problem:not-found"))
                .body("detail", containsString("send the request again"));
    }

    @Test
    void anotherTenantsAdministratorFindsNothing() {
        Story story = Story.requested();
        Story stranger = Story.of();

        stranger.asAdministrator()
                .get("/v1/terminations/{id}", story.termination)
                .then()
                .statusCode(404)
                .body("detail", not(containsString(story.tenant.toString())));
        stranger.asAdministrator()
                .get("/v1/terminations/{id}/certificate", story.termination)
                .then()
                .statusCode(404);
        stranger.asAdministrator()
                .post("/v1/terminations/{id}/cancellation", story.termination)
                .then()
                .statusCode(404);
        post(stranger.asAdministrator(), body(story)).statusCode(404);
        stranger.asAdministrator()
                .get("/v1/terminations")
                .then()
                .statusCode(200)
                .body("items", hasSize(0));
        stranger.asAdministrator()
                .get("/v1/terminations?tenantId={tenant}", story.tenant)
                .then()
                .statusCode(200)
                .body("items", hasSize(0));
        assertThat(story.get().<String>path("state")).isEqualTo("REQUESTED");
    }

    @Test
    void aTenantsAdministratorSeesItsOwn() {
        Story story = Story.of();
        String id = post(story.asAdministrator(), body(story))
                .statusCode(202)
                .extract()
                .path("id");

        story.asAdministrator().get("/v1/terminations/{id}", id).then().statusCode(200);
        story.asAdministrator().get("/v1/terminations").then().body("items.id", equalTo(List.of(id)));
    }

    @Test
    void eachRoleMayDoWhatIsItsOwn() {
        Story story = Story.requested();
        Map<String, List<Integer>> expected = new HashMap<>();
        // request, list, show, certificate (409: not issued yet)
        expected.put("account-manager", List.of(200, 200, 200, 409));
        expected.put("csp-operator", List.of(403, 200, 200, 403));
        expected.put("csp-admin", List.of(403, 200, 200, 409));
        expected.put("auditor", List.of(403, 200, 200, 409));
        expected.put("service", List.of(403, 403, 403, 409));
        expected.put("no-such-role", List.of(403, 403, 403, 403));
        expected.forEach((role, statuses) -> {
            assertThat(List.of(
                            post(Story.as(role), body(story)).extract().statusCode(),
                            Story.as(role).get("/v1/terminations").statusCode(),
                            Story.as(role)
                                    .get("/v1/terminations/{id}", story.termination)
                                    .statusCode(),
                            Story.as(role)
                                    .get("/v1/terminations/{id}/certificate", story.termination)
                                    .statusCode()))
                    .as(role)
                    .isEqualTo(statuses);
            if (!role.equals("account-manager")) {
                Story.as(role)
                        .post("/v1/terminations/{id}/cancellation", story.termination)
                        .then()
                        .statusCode(403)
                        .contentType("application/problem+json");
            }
        });
        assertThat(story.get().<String>path("state")).isEqualTo("REQUESTED");
    }

    @Test
    void withoutAValidTokenNothingIsTold() {
        Story story = Story.requested();
        given().get("/v1/terminations").then().statusCode(401).contentType("application/problem+json");
        for (String token : List.of(
                TestTokens.expired("lifecycle", "auditor"),
                TestTokens.forAudience("audit", "auditor"),
                "not.a.token")) {
            given().auth()
                    .oauth2(token)
                    .get("/v1/terminations/{id}", story.termination)
                    .then()
                    .statusCode(401)
                    .body("type", equalTo("urn:tenure:problem:unauthorized"));
        }
    }

    @Test
    void anIncompleteChecklistIsRefusedByItemAndRow() {
        Story story = Story.of();
        Map<String, Object> incomplete = new HashMap<>(Story.CHECKLIST);
        incomplete.put("integrationsDisabled", false);
        incomplete.remove("dataBackedUp");

        post(Story.as("account-manager"), Map.of("tenantId", story.tenant, "checklist", incomplete))
                .statusCode(400)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:tenure:problem:checklist-incomplete"))
                .body("unconfirmed.item", equalTo(List.of("dataBackedUp", "integrationsDisabled")))
                .body("unconfirmed.row", equalTo(List.of("C2.1", "C2.3")))
                .body("unconfirmed.found", equalTo(List.of("missing", "false")))
                .body("detail", containsString("checklist.dataBackedUp is missing (row C2.1)"));
        post(Story.as("account-manager"), Map.of("tenantId", story.tenant))
                .statusCode(400)
                .body("unconfirmed", hasSize(5));
        assertThat(terminations(story.tenant)).isZero();
    }

    @Test
    void withoutAnIdempotencyKeyNothingBegins() {
        Story story = Story.of();
        Story.as("account-manager")
                .contentType(ContentType.JSON)
                .body(body(story))
                .post("/v1/terminations")
                .then()
                .statusCode(400)
                .body("type", equalTo("urn:tenure:problem:idempotency-key-required"));
        assertThat(terminations(story.tenant)).isZero();
    }

    /** For example a retry that was stuck in a queue while the customer cancelled the termination. */
    @Test
    void aRequestThatComesAgainAfterACancellationBeginsNoSecondOne() {
        Story story = Story.of();
        String key = Ids.next().toString();
        story.termination = UUID.fromString(
                story.request(key).then().statusCode(202).extract().path("id"));
        story.cancel().then().statusCode(202);
        story.restoration().forEach(Told::publish);
        story.awaitState("CANCELLED");

        story.request(key)
                .then()
                .statusCode(200)
                .body("id", equalTo(story.termination.toString()))
                .body("state", equalTo("CANCELLED"));
        assertThat(terminations(story.tenant)).isOne();
        story.request().then().statusCode(202).body("id", not(equalTo(story.termination.toString())));
    }

    @Test
    void unknownFieldsAreRefusedByName() {
        Story story = Story.of();
        Map<String, Object> extended = new HashMap<>(Story.CHECKLIST);
        extended.put("passportNumber", "C01X00T47");

        post(Story.as("account-manager"), Map.of("tenantId", story.tenant, "checklist", extended))
                .statusCode(400)
                .body("type", equalTo("urn:tenure:problem:unknown-field"))
                .body("field", equalTo("passportNumber"))
                .body("detail", not(containsString("C01X00T47")));
        post(Story.as("account-manager"), Map.of("tenantId", story.tenant, "checklist", Story.CHECKLIST, "force", true))
                .statusCode(400)
                .body("field", equalTo("force"));
        assertThat(terminations(story.tenant)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"tenantId\":\"nonsense\"}",
                "{\"tenantId\":",
                "[]",
                "",
                "{\"checklist\":{}}",
                "{\"tenantId\":\"01980000-0000-7000-8000-000000000000\",\"checklist\":{\"dataBackedUp\":\"perhaps\"}}"
            })
    void malformedBodiesAreRefused(String body) {
        Story.as("account-manager")
                .contentType(ContentType.JSON)
                .body(body)
                .post("/v1/terminations")
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("type", notNullValue());
    }

    @Test
    void anOversizedBodyIsRefused() {
        Story story = Story.of();
        Story.as("account-manager")
                .contentType(ContentType.JSON)
                .body("{\"tenantId\":\"" + story.tenant + "\",\"padding\":\"" + "x".repeat(70_000) + "\"}")
                .post("/v1/terminations")
                .then()
                .statusCode(413);
        assertThat(terminations(story.tenant)).isZero();
    }

    @Test
    void malformedIdsFiltersAndCursorsAreRefused() {
        for (String path : List.of(
                "/v1/terminations/nonsense",
                "/v1/terminations/1-1-1-1-1",
                "/v1/terminations?tenantId=nonsense",
                "/v1/terminations?state=GONE",
                "/v1/terminations?limit=0",
                "/v1/terminations?limit=201",
                "/v1/terminations?cursor=nonsense")) {
            Story.as("auditor").get(path).then().statusCode(400).contentType("application/problem+json");
        }
        Story.as("auditor").get("/v1/terminations/{id}", Ids.next()).then().statusCode(404);
    }

    @Test
    void theListIsFilteredAndPaged() {
        Story first = Story.requested();
        Story second = Story.requested();
        second.cancel().then().statusCode(202);

        Story.as("csp-operator")
                .get("/v1/terminations?tenantId={tenant}&state=REQUESTED", first.tenant)
                .then()
                .body("items.id", equalTo(List.of(first.termination.toString())))
                .body("next", nullValue());
        Story.as("csp-operator")
                .get("/v1/terminations?tenantId={tenant}&state=REQUESTED", second.tenant)
                .then()
                .body("items", hasSize(0));
        Story.as("csp-operator")
                .get("/v1/terminations?state=RESTORING&limit=200")
                .then()
                .body("items.id", hasItem(second.termination.toString()));

        Set<String> seen = new HashSet<>();
        String cursor = "";
        while (cursor != null) {
            Response page = Story.as("csp-operator")
                    .get("/v1/terminations?limit=1" + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
            assertThat(page.jsonPath().getList("items")).hasSizeLessThanOrEqualTo(1);
            page.jsonPath().getList("items.id", String.class).forEach(id -> assertThat(seen.add(id))
                    .isTrue());
            cursor = page.path("next");
        }
        assertThat(seen).contains(first.termination.toString(), second.termination.toString());
    }

    private static Map<String, Object> body(Story story) {
        return Map.of("tenantId", story.tenant, "checklist", Story.CHECKLIST);
    }

    private static ValidatableResponse post(RequestSpecification caller, Map<String, Object> body) {
        return post(caller, Ids.next().toString(), body);
    }

    private static ValidatableResponse post(RequestSpecification caller, String key, Map<String, Object> body) {
        return caller.header("Idempotency-Key", key)
                .contentType(ContentType.JSON)
                .body(body)
                .post("/v1/terminations")
                .then();
    }

    private static List<?> published(Story story) {
        return Records.published(story.tenant, TerminationRequested.class);
    }

    private static long terminations(UUID tenant) {
        try (Connection connection = Story.connect();
                var query = connection.prepareStatement("SELECT count(*) FROM termination WHERE tenant_id = ?")) {
            query.setObject(1, tenant);
            var rows = query.executeQuery();
            rows.next();
            return rows.getLong(1);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }
}

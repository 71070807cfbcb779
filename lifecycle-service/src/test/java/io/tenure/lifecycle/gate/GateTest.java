package io.tenure.lifecycle.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.tenure.kit.Ids;
import io.tenure.lifecycle.LifecycleTest;
import io.tenure.lifecycle.Records.Told;
import io.tenure.lifecycle.Story;
import io.tenure.lifecycle.Time;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The provider's control over all deletions. */
@LifecycleTest
class GateTest {

    @AfterEach
    void open() {
        change("csp-admin", "budget", Map.of("reason", "the test is over")).statusCode(200);
        change("csp-admin", "resumption", Map.of("reason", "the test is over"));
    }

    @Test
    void whileDeletionsAreStoppedNoneStarts() {
        Story story = noticed();
        change("csp-operator", "stop", Map.of("reason", "An attack is under way"))
                .statusCode(200)
                .body("stopped", equalTo(true));
        change("csp-operator", "stop", Map.of("reason", "It still is")).statusCode(200);

        Time.advance(Duration.ofDays(30));
        await().until(() -> story.get().jsonPath().getList("blockers").size() == 1);
        story.get()
                .then()
                .body("state", equalTo("RETAINED"))
                .body("blockers[0].owner", equalTo("lifecycle"))
                .body("blockers[0].reason", containsString("Deletions are stopped for all tenants"));

        change("csp-operator", "resumption", Map.of("reason", "It is over")).statusCode(403);
        change("csp-admin", "resumption", Map.of("reason", "It is over"))
                .statusCode(200)
                .body("stopped", equalTo(false));
        story.awaitState("DELETING");
        change("csp-admin", "resumption", Map.of("reason", "It is over"))
                .statusCode(409)
                .body("type", equalTo("urn:tenure:problem:not-stopped"));
        Story.as("auditor")
                .get("/v1/deletion-gate/interventions?limit=200")
                .then()
                .body("items.reason", hasItem("An attack is under way"))
                .body("items.action", hasItem("STOP_DELETIONS"));
    }

    @Test
    void noMoreStartInADayThanTheBudgetAllows() {
        change("csp-admin", "budget", Map.of("perDay", 2, "reason", "Slowly at first"))
                .statusCode(200)
                .body("perDay", equalTo(2));
        List<Story> stories = Stream.generate(GateTest::noticed).limit(3).toList();
        // A new day, so that deletions of other tests do not count.
        Time.advance(Duration.ofDays(30));

        await().until(() -> started() >= 2);
        Time.advance(Duration.ofSeconds(5));
        assertThat(started()).isEqualTo(2);
        Story waiting = stories.stream()
                .filter(story -> story.get().<String>path("state").equals("RETAINED"))
                .findFirst()
                .orElseThrow();
        await().until(() -> waiting.get().jsonPath().getList("blockers.reason", String.class).stream()
                .anyMatch(reason -> reason.contains("waits for tomorrow")));

        change("csp-admin", "budget", Map.of("reason", "All is well"))
                .statusCode(200)
                .body("byDefault", equalTo(true))
                .body("perDay", equalTo(1_000_000));
        stories.forEach(story -> story.awaitState("DELETING"));
    }

    @Test
    void twoPeopleReleaseMoreThanTheBudget() {
        change("csp-admin", "budget", Map.of("perDay", 1, "reason", "Slowly at first"))
                .statusCode(200);
        List<Story> stories = Stream.generate(GateTest::noticed).limit(3).toList();
        Time.advance(Duration.ofDays(30));
        await().until(() -> started() >= 1);
        await().until(() -> waiting(stories).size() == 2);
        await().until(() -> waiting(stories).stream()
                .allMatch(story -> story.get().jsonPath().getList("blockers.reason", String.class).stream()
                        .anyMatch(reason -> reason.contains("two people to release more"))));

        Map<String, Object> wish = Map.of("number", 1, "reason", "A large customer leaves");
        ValidatableResponse asked = change("csp-admin", "releases", wish).statusCode(201);
        asked.body("askedBy", equalTo("test-csp-admin"))
                .body("approvedBy", nullValue())
                .body("day", notNullValue());
        String own = asked.extract().path("id");
        approve("csp-admin", own).statusCode(409).body("type", equalTo("urn:tenure:problem:second-person-needed"));
        assertThat(started()).isEqualTo(1);
        String release = change("csp-operator", "releases", wish)
                .statusCode(201)
                .extract()
                .path("id");
        for (String role : List.of("csp-operator", "auditor", "account-manager")) {
            approve(role, release).statusCode(403);
        }

        approve("csp-admin", release).statusCode(200).body("approvedBy", equalTo("test-csp-admin"));
        approve("csp-admin", release).statusCode(200);
        await().until(() -> waiting(stories).size() == 1);
        Story.as("auditor")
                .get("/v1/deletion-gate")
                .then()
                .body("perDay", equalTo(1))
                .body("byDefault", equalTo(false))
                .body("releasedToday", equalTo(1))
                .body("startedToday", equalTo(2))
                .body("leftToday", equalTo(0));
        Time.advance(Duration.ofSeconds(5));
        assertThat(waiting(stories)).hasSize(1);
        Story.as("auditor")
                .get("/v1/deletion-gate/interventions?limit=200")
                .then()
                .body("items.action", hasItems("ASK_BUDGET_RELEASE", "APPROVE_BUDGET_RELEASE"));
        Story.as("auditor").get("/v1/deletion-gate/releases?limit=200").then().body("items.id", hasItems(own, release));
    }

    @Test
    void aReleaseIsForADayToCome() {
        Map<String, Object> wish = new HashMap<>(Map.of("number", 5, "reason", "why", "day", "2026-01-01"));
        change("csp-operator", "releases", wish).statusCode(409).body("type", equalTo("urn:tenure:problem:day-over"));
        wish.put("day", "2026-02-30");
        change("csp-operator", "releases", wish).statusCode(400);
        wish.put("day", null);
        for (Object number : new Object[] {0, -1, 1_000_001, "5", 1.5}) {
            wish.put("number", number);
            change("csp-operator", "releases", wish).statusCode(400);
        }
        wish.remove("number");
        change("csp-operator", "releases", wish).statusCode(400);
        change("account-manager", "releases", Map.of("number", 1, "reason", "why"))
                .statusCode(403);
        approve("csp-admin", Ids.next().toString()).statusCode(404);
        Story.as("auditor")
                .get("/v1/deletion-gate/releases/{id}", Ids.next())
                .then()
                .statusCode(404);
    }

    private static List<Story> waiting(List<Story> stories) {
        return stories.stream()
                .filter(story -> story.get().<String>path("state").equals("RETAINED"))
                .toList();
    }

    private static ValidatableResponse approve(String role, String release) {
        return Story.as(role)
                .post("/v1/deletion-gate/releases/{id}/approval", release)
                .then();
    }

    @Test
    void onlyWhoMayChangesTheGate() {
        for (String role : List.of("account-manager", "service", "auditor")) {
            change(role, "stop", Map.of("reason", "why")).statusCode(403);
        }
        for (String role : List.of("account-manager", "service", "auditor", "csp-operator")) {
            change(role, "budget", Map.of("perDay", 1, "reason", "why")).statusCode(403);
        }
        Story.as("account-manager").get("/v1/deletion-gate").then().statusCode(403);
        Story.as("auditor").get("/v1/deletion-gate").then().statusCode(200).body("stopped", equalTo(false));
        Map<String, Object> none = new HashMap<>(Map.of("perDay", 0, "reason", "why"));
        change("csp-admin", "budget", none).statusCode(400);
        change("csp-admin", "budget", Map.of("perDay", 1)).statusCode(400);
        change("csp-operator", "stop", Map.of()).statusCode(400);
    }

    private static int started() {
        return Story.as("auditor").get("/v1/deletion-gate").path("startedToday");
    }

    private static Story noticed() {
        Story story = Story.retained();
        story.delivered().forEach(Told::publish);
        story.awaitSteps("NoticeDelivered", Story.NOTICES);
        return story;
    }

    private static ValidatableResponse change(String role, String what, Map<String, ?> body) {
        return Story.as(role)
                .contentType(ContentType.JSON)
                .body(body)
                .post("/v1/deletion-gate/" + what)
                .then();
    }
}

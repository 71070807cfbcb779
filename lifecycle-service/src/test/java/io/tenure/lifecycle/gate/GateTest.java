package io.tenure.lifecycle.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;

import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
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
                .body("perDay", nullValue());
        stories.forEach(story -> story.awaitState("DELETING"));
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

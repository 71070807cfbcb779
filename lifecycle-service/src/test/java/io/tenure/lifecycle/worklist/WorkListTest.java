package io.tenure.lifecycle.worklist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;

import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import io.tenure.events.AssetAction;
import io.tenure.events.ProvisioningFact.AssetActionBlocked;
import io.tenure.kit.Ids;
import io.tenure.lifecycle.LifecycleTest;
import io.tenure.lifecycle.Story;
import io.tenure.lifecycle.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What operations have to look at, across all tenants. */
@LifecycleTest
class WorkListTest {

    @Test
    void whatIsReportedOverdueAndHeldIsInOneListWithWhatMayHelp() {
        Story story = Story.deleting();
        story.tell(new AssetActionBlocked(
                        story.termination, story.vm, AssetAction.SANITIZE, "the platform is away", 3, null))
                .publish();
        await().until(() -> list("tenantId=" + story.tenant).size() == 1);
        Time.advance(Duration.ofDays(2));

        all("tenantId=" + story.tenant)
                .body("items", hasSize(3))
                .body("items.terminationId", everyItem(equalTo(story.termination.toString())))
                .body("items.state", everyItem(equalTo("DELETING")));
        all("tenantId=" + story.tenant + "&kind=FAILURE")
                .body("items", hasSize(1))
                .body("items[0].owner", equalTo("provisioning"))
                .body("items[0].reason", equalTo("the platform is away"))
                .body("items[0].attempts", equalTo(3))
                .body("items[0].actions.operation", hasItem("POST /v1/terminations/" + story.termination + "/retries"))
                .body("items[0].actions[0].roles", hasItem("csp-operator"));
        all("tenantId=" + story.tenant + "&kind=OVERDUE&owner=credential")
                .body("items", hasSize(1))
                .body("items[0].reason", containsString("The credential service was to delete everything by"));

        Story.as("csp-operator")
                .contentType(ContentType.JSON)
                .body(Map.of(
                        "authority",
                        "a court",
                        "caseReference",
                        "1",
                        "reason",
                        "why",
                        "reviewAt",
                        Time.now().plus(Duration.ofDays(9)).toString()))
                .post("/v1/tenants/{id}/holds", story.tenant)
                .then()
                .statusCode(201);
        all("tenantId=" + story.tenant).body("items", hasSize(2)).body("items.kind", hasItem("HOLD"));
        all("tenantId=" + story.tenant + "&kind=HOLD")
                .body("items[0].owner", equalTo("operations"))
                .body("items[0].actions[0].operation", containsString("DELETE /v1/holds/"));
    }

    @Test
    void itIsFilteredAndPaged() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Story story = Story.requested();
            expected.add(story.termination.toString());
            story.tell(new AssetActionBlocked(story.termination, story.vm, AssetAction.DISABLE, "why", 1, null))
                    .publish();
            await().until(() -> list("tenantId=" + story.tenant).size() == 1);
        }
        List<String> seen = new ArrayList<>();
        String cursor = "";
        do {
            JsonPath page = all("state=REQUESTED&kind=FAILURE&limit=2" + cursor)
                    .extract()
                    .jsonPath();
            assertThat(page.getList("items").size()).isLessThanOrEqualTo(2);
            seen.addAll(page.getList("items.terminationId", String.class));
            cursor = page.getString("next") == null ? null : "&cursor=" + page.getString("next");
        } while (cursor != null);

        assertThat(seen).containsAll(expected).doesNotHaveDuplicates();
        String resource = resource("kind=FAILURE&state=REQUESTED");
        all("resource=" + resource + "&kind=FAILURE").body("items.resource", everyItem(equalTo(resource)));
        all("tenantId=" + Ids.next()).body("items", empty());
        all("owner=nobody").body("items", empty());
    }

    @Test
    void onlyOperationsAndAuditorsSeeIt() {
        for (String role : List.of("account-manager", "service", "tenant-admin", "departing-admin")) {
            Story.as(role).get("/v1/blockers").then().statusCode(403);
        }
        for (String role : List.of("csp-operator", "csp-admin", "auditor")) {
            Story.as(role).get("/v1/blockers").then().statusCode(200);
        }
        for (String wrong : List.of(
                "tenantId=nonsense", "state=GONE", "kind=nothing", "limit=0", "limit=201", "cursor=x", "owner= ")) {
            Story.as("auditor").get("/v1/blockers?" + wrong).then().statusCode(400);
        }
    }

    private static ValidatableResponse all(String query) {
        return Story.as("auditor").get("/v1/blockers?" + query).then().statusCode(200);
    }

    private static List<Object> list(String query) {
        return all(query).extract().path("items");
    }

    private static String resource(String query) {
        return all(query).extract().path("items[0].resource");
    }
}

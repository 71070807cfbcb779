package io.tenure.lifecycle.repetition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import io.quarkus.vertx.VertxContextSupport;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import io.tenure.events.AdministrativeActionPerformed;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.events.Event;
import io.tenure.events.LifecycleFact.Command;
import io.tenure.events.LifecycleFact.CommandRepeated;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.kit.Ids;
import io.tenure.lifecycle.LifecycleTest;
import io.tenure.lifecycle.Records;
import io.tenure.lifecycle.Records.Told;
import io.tenure.lifecycle.Story;
import io.tenure.lifecycle.Time;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Overdue commands become blockers without a report, and an operator can have them retried at once. */
@LifecycleTest
class RepetitionTest {

    @Inject
    Repetition repetition;

    /** For example if a service is down, has lost the command, or its answer was lost. */
    @Test
    void aServiceThatStaysSilentIsABlockerAndIsAskedAgain() throws Throwable {
        Story story = Story.requested();
        story.disablement().stream()
                .filter(told -> !(told.event().fact() instanceof TenantAccessRestricted))
                .forEach(Told::publish);
        story.awaitSteps("TenantDisabled", 1);
        story.get().then().body("state", equalTo("DISABLING")).body("blockers", hasSize(0));
        repeat();
        assertThat(repeated(story)).isEmpty();

        Time.advance(Duration.ofMinutes(16));
        story.get()
                .then()
                .body("blockers", hasSize(1))
                .body("blockers[0].owner", equalTo("credential"))
                .body("blockers[0].reason", containsString("was to disable everything by"))
                .body("blockers[0].attempts", equalTo(1));
        Story.as("csp-operator")
                .get("/v1/terminations?tenantId={tenant}", story.tenant)
                .then()
                .body("items[0].blockers", hasSize(1));

        repeat();
        await().until(() -> repeated(story).size() == 1);
        assertThat(repeated(story).getFirst().fact())
                .isEqualTo(new CommandRepeated(story.termination, Command.DISABLE, null));
        assertThat(story.steps("CommandRepeated")).isEqualTo(1);
        story.get().then().body("blockers[0].attempts", equalTo(2));
        // Not repeated again before the next deadline.
        repeat();
        assertThat(story.steps("CommandRepeated")).isEqualTo(1);
        Time.advance(Duration.ofMinutes(16));
        repeat();
        assertThat(story.steps("CommandRepeated")).isEqualTo(2);

        story.disablement().forEach(Told::publish);
        story.awaitState("RETAINED");
        story.get().then().body("blockers", hasSize(0));
        repeat();
        assertThat(story.steps("CommandRepeated")).isEqualTo(2);
    }

    /** The fact that closes the disablement became a dead letter: nothing else would show that it is missing. */
    @Test
    void anEndThatDoesNotAddUpBecomesVisibleToo() {
        Story story = Story.requested();
        story.tell(new TenantDisabled(story.termination, 7, 7, "ab".repeat(32))).publish();
        story.disablement().stream()
                .filter(told -> !(told.event().fact() instanceof TenantDisabled))
                .forEach(Told::publish);
        story.awaitSteps("TenantAccessRestricted", 1);

        Time.advance(Duration.ofMinutes(16));

        story.get()
                .then()
                .body("state", equalTo("DISABLING"))
                .body("blockers", hasSize(1))
                .body("blockers[0].owner", equalTo("provisioning"))
                .body("blockers[0].reason", containsString("dead letters"));
        // Its answer to the repeated command is right.
        story.disablement().stream()
                .filter(told -> told.event().fact() instanceof TenantDisabled)
                .forEach(Told::publish);
        story.awaitState("RETAINED");
    }

    @Test
    void aRepeatedDeletionNamesItsManifest() {
        Story story = Story.deleting();
        Time.advance(Duration.ofDays(2));
        story.get().then().body("blockers", hasSize(2));
        retry(story, "csp-operator").statusCode(204);
        await().until(() -> repeated(story).size() == 1);
        assertThat(repeated(story).getFirst().fact())
                .isEqualTo(new CommandRepeated(story.termination, Command.DELETE, story.manifestDigest()));
    }

    @Test
    void anOperatorHasTriedAtOnceWhatIsBlockedAndSaysWhy() {
        Story story = Story.requested();
        retry(story, "csp-operator")
                .statusCode(409)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:tenure:problem:nothing-blocked"));
        assertThat(repeated(story)).isEmpty();

        Time.advance(Duration.ofMinutes(16));
        String key = Ids.next().toString();
        for (int i = 0; i < 2; i++) {
            body(Story.as("csp-admin").header("Idempotency-Key", key), Map.of("reason", "The network is mended"))
                    .post("/v1/terminations/{id}/retries", story.termination)
                    .then()
                    .statusCode(204);
        }
        await().until(() -> repeated(story).size() == 1);
        assertThat(Records.published(story.tenant, AdministrativeActionPerformed.class).stream()
                        .map(Event::fact)
                        .map(fact -> ((AdministrativeActionPerformed) fact).action()))
                .containsExactly("termination.request", "termination.retry");
        Story.as("auditor")
                .get("/v1/terminations/{id}/interventions", story.termination)
                .then()
                .statusCode(200)
                .body("items", hasSize(1))
                .body("items[0].action", equalTo("RETRY"))
                .body("items[0].reason", equalTo("The network is mended"))
                .body("items[0].roles", equalTo(List.of("csp-admin")));
    }

    @Test
    void ofARetentionThatIsOverTheGateIsAskedAgain() {
        Story story = Story.retained();
        story.delivered().subList(1, Story.NOTICES).forEach(Told::publish);
        story.awaitSteps("NoticeDelivered", Story.NOTICES - 1);
        Time.advance(Duration.ofDays(30));
        await().until(() -> !story.get().jsonPath().getList("blockers").isEmpty());
        retry(story, "csp-operator").statusCode(204);
        assertThat(story.get().<String>path("state")).isEqualTo("RETAINED");
        story.delivered(0).publish();
        story.awaitState("DELETING");
    }

    /** Found by query, without a report. */
    @Test
    void aNoticeThatIsLongOverdueIsABlocker() {
        Story story = Story.retained();
        Time.advance(Duration.ofHours(13));
        story.get()
                .then()
                .body("blockers", hasSize(1))
                .body("blockers[0].owner", equalTo("notification"))
                .body("blockers[0].reason", containsString("The retention started 1 notice was due at"));
        Story.as("auditor")
                .get("/v1/terminations/{id}/blockers?limit=1", story.termination)
                .then()
                .body("items", hasSize(1))
                .body("items[0].owner", equalTo("notification"));
    }

    @Test
    void eachRoleMayDoWhatIsItsOwnAndNobodySeesAnothersTenant() {
        Story story = Story.requested();
        Time.advance(Duration.ofMinutes(16));
        for (String role : List.of("account-manager", "auditor", "service")) {
            retry(story, role).statusCode(403);
        }
        Story other = Story.requested();
        for (String path : List.of("steps", "blockers", "manifest")) {
            String url = "/v1/terminations/" + story.termination + "/" + path;
            for (String role : List.of("account-manager", "csp-operator", "csp-admin", "auditor")) {
                Story.as(role).get(url).then().statusCode(200);
            }
            Story.as("service").get(url).then().statusCode(403);
            story.asAdministrator().get(url).then().statusCode(200);
            other.asAdministrator().get(url).then().statusCode(404);
            Story.as("auditor").get(url + "?cursor=x").then().statusCode(400);
        }
        story.asAdministrator()
                .get("/v1/terminations/{id}/interventions", story.termination)
                .then()
                .statusCode(403);
        retry("csp-operator", Ids.next(), Map.of("reason", "why")).statusCode(404);
        retry("csp-operator", story.termination, Map.of()).statusCode(400);
        retry("csp-operator", story.termination, Map.of("reason", " ")).statusCode(400);
        retry("csp-operator", story.termination, Map.of("reason", "x".repeat(501)))
                .statusCode(400);
    }

    @Test
    void stepsAreReadPageByPage() {
        Story story = Story.retained();
        List<String> all = story.steps();
        String cursor = "";
        List<String> read = new ArrayList<>();
        do {
            var page = Story.as("auditor")
                    .get("/v1/terminations/" + story.termination + "/steps?limit=3" + cursor)
                    .jsonPath();
            assertThat(page.getList("items").size()).isLessThanOrEqualTo(3);
            read.addAll(page.getList("items.name", String.class));
            cursor = page.getString("next") == null ? null : "&cursor=" + page.getString("next");
        } while (cursor != null);
        assertThat(read).isEqualTo(all).startsWith("TerminationRequested").contains("RetentionStarted");
    }

    private static ValidatableResponse retry(Story story, String role) {
        return retry(role, story.termination, Map.of("reason", "mended"));
    }

    private static ValidatableResponse retry(String role, UUID termination, Map<String, ?> body) {
        return body(Story.as(role), body)
                .post("/v1/terminations/{id}/retries", termination)
                .then();
    }

    private static RequestSpecification body(RequestSpecification request, Map<String, ?> body) {
        return request.contentType(ContentType.JSON).body(body);
    }

    private static List<Event> repeated(Story story) {
        return Records.published(story.tenant, CommandRepeated.class);
    }

    private void repeat() throws Throwable {
        VertxContextSupport.subscribeAndAwait(repetition::repeatOverdue);
    }
}

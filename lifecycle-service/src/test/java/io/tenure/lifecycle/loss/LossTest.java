package io.tenure.lifecycle.loss;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.tenure.events.Event;
import io.tenure.events.LifecycleFact.LossAttested;
import io.tenure.events.ProvisioningFact.AssetSanitized;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.MediumSanitized;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.TestTokens;
import io.tenure.lifecycle.LifecycleTest;
import io.tenure.lifecycle.Records;
import io.tenure.lifecycle.Records.Told;
import io.tenure.lifecycle.Story;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What is lost for good is attested by two people, and the certificate states it. */
@LifecycleTest
class LossTest {

    private static final String FIRST = "test-csp-operator";
    private static final String SECOND = "test-csp-admin";

    @Test
    void aLostDiskIsAccountedForByTwoPeopleAndTheCertificateSaysSo() {
        Story story = Story.deleting();
        story.deletion().stream()
                .filter(told -> !(told.event().fact() instanceof MediumSanitized))
                .filter(told -> !(told.event().fact() instanceof AssetSanitized end
                        && end.assetId().equals(story.vm)))
                .forEach(Told::publish);
        await().until(() -> story.get().jsonPath().getList("blockers").size() == 1);

        Response asked = ask(FIRST, story, story.vm, "root");
        asked.then()
                .statusCode(201)
                .body("disk", equalTo("root"))
                .body("askedBy", equalTo(FIRST))
                .body("attestedBy", nullValue());
        String loss = asked.path("id");
        ask(SECOND, story, story.vm, "root").then().statusCode(201).body("id", equalTo(loss));
        medium(story).body("items[0].accounted", equalTo("OPEN"));

        attest(FIRST, story, loss)
                .then()
                .statusCode(409)
                .body("type", equalTo("urn:tenure:problem:second-person-needed"));
        assertThat(attested(story)).isEmpty();
        assertThat(story.get().<String>path("state")).isEqualTo("DELETING");

        attest(SECOND, story, loss)
                .then()
                .statusCode(200)
                .body("attestedBy", equalTo(SECOND))
                .body("attestedAt", notNullValue());
        attest(FIRST, story, loss).then().statusCode(200).body("attestedBy", equalTo(SECOND));
        await().until(() -> attested(story).size() == 1);
        assertThat(attested(story).getFirst().fact())
                .isEqualTo(new LossAttested(story.termination, story.vm, new Disk("root", 4096), FIRST, SECOND));
        medium(story).body("items[0].accounted", equalTo("LOST"));
        // The rest of the machine was removed.
        assertThat(story.get().<String>path("state")).isEqualTo("DELETING");
        ask(FIRST, story, story.vm, null).then().statusCode(201);
        String asset = ask(FIRST, story, story.vm, null).path("id");
        attest(SECOND, story, asset).then().statusCode(200);
        story.awaitState("DELETED");

        JsonPath certificate = certificate(story);
        Map<String, Object> machine = certificate.<Map<String, Object>>getList("assets").stream()
                .filter(one -> one.get("id").equals(story.vm.toString()))
                .findFirst()
                .orElseThrow();
        assertThat((List<?>) machine.get("disks")).isEmpty();
        assertThat(machine.get("lost").toString())
                .contains("name=root", "bytes=4096", "askedBy=" + FIRST, "attestedBy=" + SECOND);
    }

    @Test
    void aWholeAssetIsLostWithAllOfItsDisks() {
        Story story = Story.deleting();
        story.deletion().stream()
                .filter(told -> !(told.event().fact() instanceof MediumSanitized))
                .filter(told -> !(told.event().fact() instanceof AssetSanitized end
                        && end.assetId().equals(story.vm)))
                .forEach(Told::publish);
        await().until(() -> story.get().jsonPath().getList("blockers").size() == 1);
        attest(SECOND, story, ask(FIRST, story, story.vm, null).path("id"))
                .then()
                .statusCode(200);
        story.awaitState("DELETED");
        await().until(() -> attested(story).size() == 2);
        assertThat(attested(story))
                .extracting(Event::fact)
                .containsExactly(
                        new LossAttested(story.termination, story.vm, new Disk("root", 4096), FIRST, SECOND),
                        new LossAttested(story.termination, story.vm, null, FIRST, SECOND));
        Story.as("auditor")
                .get("/v1/terminations/{id}/losses", story.termination)
                .then()
                .body("items", hasSize(1))
                .body("items[0].reason", equalTo("Searched on every storage"));
    }

    /** A lost disk that turns up is sanitized like the others, and the certificate states that instead. */
    @Test
    void whatTurnsUpAgainIsSanitized() {
        Story story = Story.deleting();
        attest(SECOND, story, ask(FIRST, story, story.vm, "root").path("id"))
                .then()
                .statusCode(200);
        story.deletion().forEach(Told::publish);
        story.awaitState("DELETED");
        JsonPath certificate = certificate(story);
        assertThat(certificate.getList("assets.disks.flatten()")).hasSize(1);
        assertThat(certificate.getList("assets.lost.flatten()")).isEmpty();
    }

    @Test
    void whatIsNotMissedCannotBeLost() {
        Story retained = Story.retained();
        ask(FIRST, retained, retained.vm, null)
                .then()
                .statusCode(409)
                .body("type", equalTo("urn:tenure:problem:nothing-waits-for-it"));
        Story requested = Story.requested();
        ask(FIRST, requested, requested.vm, "root")
                .then()
                .statusCode(409)
                .body("type", equalTo("urn:tenure:problem:manifest-open"));
        ask(FIRST, requested, requested.vm, null).then().statusCode(201);
        Story deleting = Story.deleting();
        ask(FIRST, deleting, deleting.vm, "another")
                .then()
                .statusCode(409)
                .body("type", equalTo("urn:tenure:problem:not-missed"));
        ask(FIRST, deleting, Ids.next(), null).then().statusCode(409);
        String asked = ask(FIRST, deleting, deleting.vm, "root").path("id");
        deleting.deletion().forEach(Told::publish);
        deleting.awaitState("DELETED");
        attest(SECOND, deleting, asked).then().statusCode(409);
        assertThat(attested(deleting)).isEmpty();
    }

    @Test
    void twoWhoAttestAtOnceAttestOnce() throws Exception {
        Story story = Story.deleting();
        String loss = ask(FIRST, story, story.vm, "root").path("id");
        try (var threads = Executors.newFixedThreadPool(3)) {
            List<Future<Integer>> answers = threads.invokeAll(List.of(
                    () -> attest(SECOND, story, loss).statusCode(),
                    () -> attest(SECOND, story, loss).statusCode(),
                    () -> attest(SECOND, story, loss).statusCode()));
            for (Future<Integer> answer : answers) {
                assertThat(answer.get()).isEqualTo(200);
            }
        }
        await().until(() -> attested(story).size() == 1);
        assertThat(story.steps("LossAttested")).isEqualTo(1);
    }

    @Test
    void eachRoleMayDoWhatIsItsOwn() {
        Story story = Story.deleting();
        for (String role : List.of("account-manager", "auditor", "service")) {
            ask(TestTokens.of("lifecycle", role), story, Map.of("assetId", story.vm, "reason", "why"))
                    .then()
                    .statusCode(403);
            Story.as(role)
                    .post("/v1/terminations/{id}/losses/{loss}/attestation", story.termination, Ids.next())
                    .then()
                    .statusCode(403);
        }
        given().auth()
                .oauth2(TestTokens.departing("lifecycle", story.tenant))
                .get("/v1/terminations/{id}/losses", story.termination)
                .then()
                .statusCode(403);
        attest(SECOND, story, Ids.next().toString()).then().statusCode(404);
        String token = TestTokens.of("lifecycle", "csp-operator");
        ask(token, story, Map.of("assetId", story.vm)).then().statusCode(400);
        ask(token, story, Map.of("reason", "why")).then().statusCode(400);
        ask(token, story, Map.of("assetId", "x", "reason", "why")).then().statusCode(400);
    }

    private static Response ask(String subject, Story story, UUID asset, String disk) {
        Map<String, Object> body = new HashMap<>(Map.of("assetId", asset, "reason", "Searched on every storage"));
        if (disk != null) {
            body.put("disk", disk);
        }
        return ask(token(subject), story, body);
    }

    private static String token(String subject) {
        return TestTokens.of("lifecycle", subject.substring("test-".length()));
    }

    private static Response ask(String token, Story story, Map<String, Object> body) {
        return given().auth()
                .oauth2(token)
                .contentType(ContentType.JSON)
                .body(body)
                .post("/v1/terminations/{id}/losses", story.termination);
    }

    private static Response attest(String subject, Story story, String loss) {
        return given().auth()
                .oauth2(token(subject))
                .post("/v1/terminations/{id}/losses/{loss}/attestation", story.termination, loss);
    }

    private static ValidatableResponse medium(Story story) {
        return Story.as("auditor")
                .get("/v1/terminations/{id}/manifest", story.termination)
                .then()
                .statusCode(200);
    }

    private static JsonPath certificate(Story story) {
        String payload = Story.as("auditor")
                .get("/v1/terminations/{id}/certificate", story.termination)
                .jsonPath()
                .getString("payload");
        return JsonPath.from(new String(Base64.getUrlDecoder().decode(payload), StandardCharsets.UTF_8));
    }

    private static List<Event> attested(Story story) {
        return Records.published(story.tenant, LossAttested.class);
    }
}

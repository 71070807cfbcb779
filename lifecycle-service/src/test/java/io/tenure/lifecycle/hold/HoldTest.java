package io.tenure.lifecycle.hold;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import io.tenure.events.AdministrativeActionPerformed;
import io.tenure.events.Event;
import io.tenure.events.Fact;
import io.tenure.events.LifecycleFact.CommandRepeated;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.LifecycleFact.LegalHoldReleased;
import io.tenure.events.LifecycleFact.LegalHoldReviewOverdue;
import io.tenure.events.LifecycleFact.LegalHoldSet;
import io.tenure.events.ProvisioningFact.TenantAssetsDeleted;
import io.tenure.events.Topic;
import io.tenure.kit.Ids;
import io.tenure.kit.access.Roles;
import io.tenure.kit.testing.TestRecords;
import io.tenure.kit.testing.TestTokens;
import io.tenure.lifecycle.LifecycleTest;
import io.tenure.lifecycle.Records;
import io.tenure.lifecycle.Records.Told;
import io.tenure.lifecycle.Story;
import io.tenure.lifecycle.Time;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A legal hold forbids to delete until a second person releases it. */
@LifecycleTest
class HoldTest {

    private static final String OPERATOR = "test-csp-operator";
    private static final String AUTHORITY = "District Court of Frankfurt";
    private static final String REASON = "Evidence in a case of fraud";

    @Test
    void aRetentionThatIsOverWaitsForTheRelease() {
        Story story = noticed();
        String hold = set(story)
                .statusCode(201)
                .header("Location", containsString("/v1/holds/"))
                .body("tenantId", equalTo(story.tenant.toString()))
                .body("authority", equalTo(AUTHORITY))
                .body("setBy", equalTo(OPERATOR))
                .body("releasedBy", nullValue())
                .body("reviewOverdue", equalTo(false))
                .body("deletions", empty())
                .extract()
                .path("id");
        Time.advance(Duration.ofDays(30));
        await().until(() -> story.get().jsonPath().getList("blockers").size() == 1);
        story.get()
                .then()
                .body("state", equalTo("RETAINED"))
                .body("blockers[0].reason", containsString("legal hold"))
                .body("holds[0].id", equalTo(hold));

        release("csp-operator", hold).statusCode(409).body("type", equalTo("urn:tenure:problem:second-person-needed"));
        release("csp-admin", hold)
                .statusCode(200)
                .body("releasedBy", equalTo("test-csp-admin"))
                .body("releaseReason", equalTo("The case is closed"));
        story.awaitState("DELETING");
        story.get().then().body("holds", empty());
        release("csp-operator", hold).statusCode(200).body("releasedBy", equalTo("test-csp-admin"));

        UUID id = UUID.fromString(hold);
        await().until(() ->
                Records.published(story.tenant, LegalHoldReleased.class).size() == 1);
        assertThat(facts(story, LegalHoldSet.class)).singleElement().satisfies(fact -> {
            assertThat(((LegalHoldSet) fact).holdId()).isEqualTo(id);
            assertThat(((LegalHoldSet) fact).assetId()).isNull();
        });
        assertThat(facts(story, LegalHoldReleased.class)).containsExactly(new LegalHoldReleased(id));
        assertThat(facts(story, AdministrativeActionPerformed.class).stream()
                        .map(fact -> ((AdministrativeActionPerformed) fact).action()))
                .contains("hold.set", "hold.release");
        Story.as("auditor")
                .get("/v1/tenants/{id}/holds", story.tenant)
                .then()
                .body("items", hasSize(1))
                .body("items[0].releaseReason", equalTo("The case is closed"));
        assertThat(everythingPublished(story)).doesNotContain(AUTHORITY, REASON, "4 O 12/26", "The case is closed");
    }

    /** It may be there before any termination, and there may be several. */
    @Test
    void aHoldBindsTerminationsThatFollowUntilTheLastIsReleased() {
        Story story = Story.of();
        String first = set(story).statusCode(201).extract().path("id");
        String second = set(story).statusCode(201).extract().path("id");
        story.termination = UUID.fromString(story.request()
                .then()
                .statusCode(202)
                .body("holds.id", equalTo(List.of(first, second)))
                .extract()
                .path("id"));
        story.disablement().forEach(Told::publish);
        story.awaitState("RETAINED");
        story.delivered().forEach(Told::publish);
        story.awaitSteps("NoticeDelivered", Story.NOTICES);
        Time.advance(Duration.ofDays(30));
        await().until(() -> story.get().jsonPath().getList("blockers").size() == 1);
        release("csp-admin", first).statusCode(200);
        Time.advance(Duration.ofHours(2));
        await().until(() -> story.get().jsonPath().getInt("blockers[0].attempts") > 1);
        assertThat(story.get().<String>path("state")).isEqualTo("RETAINED");

        release("csp-admin", second).statusCode(200);
        story.awaitState("DELETING");
    }

    @Test
    void aDeletionThatHasBegunStopsAndTheAnswerSaysWhatIsGone() {
        Story story = Story.deleting();
        story.mediumSanitized().publish();
        story.sanitized(story.vm).publish();
        story.awaitSteps("AssetSanitized", 1);
        ValidatableResponse answer = set(story).statusCode(201);
        answer.body("deletions", hasSize(1))
                .body("deletions[0].terminationId", equalTo(story.termination.toString()))
                .body("deletions[0].media", equalTo(1))
                .body("deletions[0].mediaSanitized", equalTo(1))
                .body("deletions[0].mediaLost", equalTo(0))
                .body("deletions[0].keysDestroyed", equalTo(false));
        String hold = answer.extract().path("id");
        ask(story).statusCode(409).body("type", equalTo("urn:tenure:problem:held"));
        ask(story, story.vm).statusCode(409);
        story.get()
                .then()
                .body("blockers[0].resource", equalTo("/v1/holds/" + hold))
                .body("blockers[0].owner", equalTo("operations"));

        // What was under way all the same ends, and is not certified.
        story.deletion().stream()
                .filter(told -> told.event().fact() instanceof TenantAssetsDeleted
                        || told.event()
                                .fact()
                                .equals(story.sanitized(story.vdc).event().fact())
                        || told.topic() == Topic.CREDENTIAL)
                .forEach(Told::publish);
        await().until(() -> one(hold).<Boolean>path("deletions[0].keysDestroyed"));
        story.awaitSteps("TenantAssetsDeleted", 1);
        assertThat(story.get().<String>path("state")).isEqualTo("DELETING");
        // What is held is not overdue.
        Time.advance(Duration.ofDays(3));
        story.get().then().body("blockers", hasSize(1)).body("blockers[0].reason", containsString("legal hold"));
        assertThat(Records.published(story.tenant, CommandRepeated.class)).isEmpty();

        release("csp-admin", hold).statusCode(200);
        story.awaitState("DELETED");
        set(story).statusCode(409).body("type", equalTo("urn:tenure:problem:nothing-left-to-hold"));
    }

    @Test
    void afterTheReleaseTheDeletionGoesOnAndItsTimeStartsAgain() {
        Story story = Story.deleting();
        String hold = set(story).statusCode(201).extract().path("id");
        Time.advance(Duration.ofDays(3));
        release("csp-admin", hold).statusCode(200);

        await().until(() ->
                Records.published(story.tenant, CommandRepeated.class).size() == 1);
        ask(story).statusCode(200);
        story.get().then().body("blockers", empty());
        Time.advance(Duration.ofHours(25));
        await().until(() -> story.get().jsonPath().getList("blockers").size() == 2);
        story.deletion().forEach(Told::publish);
        story.awaitState("DELETED");
    }

    @Test
    void aHoldOnOneAssetLetsTheRestBeDeleted() {
        Story story = noticed();
        String hold = set(story, Map.of("assetId", story.vm))
                .statusCode(201)
                .extract()
                .path("id");
        Time.advance(Duration.ofDays(30));
        story.awaitState("DELETING");
        ask(story).statusCode(200);
        ask(story, story.vdc).statusCode(200);
        ask(story, story.vm).statusCode(409).body("type", equalTo("urn:tenure:problem:held"));
        ask(story, Map.of("assetId", Ids.next(), "vdcId", story.vm)).statusCode(409);
        story.get()
                .then()
                .body("holds[0].assetId", equalTo(story.vm.toString()))
                .body("blockers[0].reason", containsString(story.vm.toString()));

        story.deletion().forEach(Told::publish);
        story.awaitSteps("TenantKeysDestroyed", 1);
        story.awaitSteps("TenantAssetsDeleted", 1);
        assertThat(story.get().<String>path("state")).isEqualTo("DELETING");
        release("csp-admin", hold).statusCode(200);
        story.awaitState("DELETED");
    }

    /** The customer learns that there is a hold and whom to ask, and neither from whom it is nor why. */
    @Test
    void theCustomerSeesThatThereIsOneAndNoMore() {
        Story story = noticed();
        String hold = set(story).statusCode(201).extract().path("id");
        String seen = given().auth()
                .oauth2(TestTokens.departing("lifecycle", story.tenant))
                .get("/v1/terminations/{id}", story.termination)
                .then()
                .statusCode(200)
                .body("holds[0].id", equalTo(hold))
                .body("holds[0].since", notNullValue())
                .body("holds[0].ask", containsString("account manager"))
                .extract()
                .asString();
        assertThat(seen).doesNotContain(AUTHORITY, REASON, "4 O 12/26", OPERATOR);
        for (String path : List.of("/v1/tenants/" + story.tenant + "/holds", "/v1/holds/" + hold)) {
            given().auth()
                    .oauth2(TestTokens.departing("lifecycle", story.tenant))
                    .get(path)
                    .then()
                    .statusCode(403);
        }
    }

    /** The gate and the hold at the same instant: exactly one comes first, and the answer of the hold says which. */
    @Test
    void ofAHoldAndADeletionAtOnceExactlyOneComesFirst() throws Exception {
        List<Story> stories = Stream.generate(HoldTest::noticed).limit(8).toList();
        CyclicBarrier together = new CyclicBarrier(stories.size() + 1);
        List<Future<List<Object>>> answers = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(stories.size() + 1)) {
            for (Story story : stories) {
                answers.add(threads.submit(() -> {
                    together.await();
                    return set(story).statusCode(201).extract().path("deletions");
                }));
            }
            threads.submit(() -> {
                together.await();
                Time.advance(Duration.ofDays(30));
                return null;
            });
            for (int i = 0; i < stories.size(); i++) {
                Story story = stories.get(i);
                boolean deletionFirst = !answers.get(i).get().isEmpty();
                if (deletionFirst) {
                    assertThat(story.get().<String>path("state")).isEqualTo("DELETING");
                } else {
                    await().until(() ->
                            story.get().jsonPath().getList("blockers").size() == 1);
                    assertThat(story.get().<String>path("state")).isEqualTo("RETAINED");
                    assertThat(Records.published(story.tenant, DeletionStarted.class))
                            .isEmpty();
                }
                ask(story).statusCode(409);
            }
        }
    }

    @Test
    void whileATransactionThatSetsAHoldIsOpenNoDeletionStarts() throws Exception {
        Story story = noticed();
        try (var other = Story.connect()) {
            other.setAutoCommit(false);
            try (var lock = other.prepareStatement("SELECT id FROM termination WHERE tenant_id = ? FOR UPDATE");
                    var insert = other.prepareStatement("""
                            INSERT INTO legal_hold (id, tenant_id, authority, case_reference, reason, review_at, set_by, set_at)
                            VALUES (?, ?, 'a', 'b', 'c', '2100-01-01', 'one', present_time())""")) {
                lock.setObject(1, story.tenant);
                lock.executeQuery();
                insert.setObject(1, Ids.next());
                insert.setObject(2, story.tenant);
                insert.executeUpdate();
            }
            Time.advance(Duration.ofDays(30));
            // The sweep skips what is locked.
            assertThat(story.get().<String>path("state")).isEqualTo("RETAINED");
            other.commit();
        }
        await().until(() -> story.get().jsonPath().getList("blockers").size() == 1);
        assertThat(story.get().<String>path("state")).isEqualTo("RETAINED");
    }

    @Test
    void theDatabaseWantsTwoPeopleToo() {
        Story story = Story.of();
        UUID hold = UUID.fromString(set(story).statusCode(201).extract().path("id"));

        assertThatThrownBy(() -> {
                    try (var connection = Story.connect();
                            var update = connection.prepareStatement(
                                    "UPDATE legal_hold SET released_by = set_by, released_at = present_time(),"
                                            + " release_reason = 'x', remind_at = NULL WHERE id = ?")) {
                        update.setObject(1, hold);
                        update.executeUpdate();
                    }
                })
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("legal_hold");
    }

    @Test
    void anOverdueReviewIsToldAndListedUntilSomebodyLooks() {
        Story story = Story.of();
        String hold = set(
                        story,
                        Map.of("reviewAt", Time.now().plus(Duration.ofDays(2)).toString()))
                .statusCode(201)
                .extract()
                .path("id");
        assertThat(facts(story, LegalHoldReviewOverdue.class)).isEmpty();
        Time.advance(Duration.ofDays(3));

        await().until(() -> facts(story, LegalHoldReviewOverdue.class).size() == 1);
        one(hold).then().body("reviewOverdue", equalTo(true)).body("releasedBy", nullValue());
        listed(story)
                .body("items", hasSize(1))
                .body("items[0].kind", equalTo("REVIEW"))
                .body("items[0].owner", equalTo("operations"))
                .body("items[0].terminationId", nullValue())
                .body("items[0].actions[0].operation", equalTo("POST /v1/holds/" + hold + "/reviews"));

        review("csp-operator", hold, Time.now()).statusCode(409);
        review("csp-operator", hold, Time.now().plus(Duration.ofDays(90)))
                .statusCode(200)
                .body("reviewOverdue", equalTo(false));
        listed(story).body("items", empty());
        Time.advance(Duration.ofDays(91));
        await().until(() -> facts(story, LegalHoldReviewOverdue.class).size() == 2);
        release("csp-admin", hold).statusCode(200);
        review("csp-operator", hold, Time.now().plus(Duration.ofDays(90)))
                .statusCode(409)
                .body("type", equalTo("urn:tenure:problem:hold-released"));
        listed(story).body("items", empty());
    }

    @Test
    void aRepeatedRequestSetsOneHold() {
        Story story = Story.of();
        Map<String, Object> order = order();
        String key = Ids.next().toString();
        String first = set("csp-operator", story.tenant, order, key)
                .statusCode(201)
                .extract()
                .path("id");

        set("csp-operator", story.tenant, order, key).statusCode(201).body("id", equalTo(first));
        order.put("reason", "another");
        set("csp-operator", story.tenant, order, key).statusCode(422);
        Story.as("auditor").get("/v1/tenants/{id}/holds", story.tenant).then().body("items", hasSize(1));
    }

    @Test
    void onlyWhoMaySetsReleasesAndSees() {
        Story story = Story.of();
        for (String role : List.of("csp-admin", "account-manager", "auditor", "service")) {
            set(role, story.tenant, order(), null).statusCode(403);
        }
        String hold = set(story).statusCode(201).extract().path("id");
        for (String role : List.of("account-manager", "auditor", "service")) {
            release(role, hold).statusCode(403);
            review(role, hold, Time.now().plus(Duration.ofDays(9))).statusCode(403);
        }
        for (String role : List.of("account-manager", "service")) {
            Story.as(role).get("/v1/holds/{id}", hold).then().statusCode(403);
            Story.as(role).get("/v1/tenants/{id}/holds", story.tenant).then().statusCode(403);
        }
        one(hold).then().statusCode(200);
        release("csp-admin", Ids.next().toString()).statusCode(404);
        Story.as("auditor").get("/v1/holds/{id}", Ids.next()).then().statusCode(404);
        set("csp-operator", Ids.next(), order(), null).statusCode(404);
    }

    @Test
    void badInputChangesNothing() {
        Story story = Story.of();
        for (String required : List.of("authority", "caseReference", "reason", "reviewAt")) {
            Map<String, Object> order = order();
            order.remove(required);
            set("csp-operator", story.tenant, order, null).statusCode(400);
            order.put(required, " ");
            set("csp-operator", story.tenant, order, null).statusCode(400);
        }
        for (Map<String, Object> wrong : List.<Map<String, Object>>of(
                Map.of("assetId", "nonsense"),
                Map.of("reviewAt", 5),
                Map.of("reviewAt", "tomorrow"),
                Map.of("reason", "x".repeat(1001)),
                Map.of("unknown", true))) {
            set(story, wrong).statusCode(400).contentType(endsWith("problem+json"));
        }
        set(story, Map.of("reviewAt", Time.now().minusSeconds(1).toString()))
                .statusCode(409)
                .body("type", equalTo("urn:tenure:problem:review-not-to-come"));
        Story.as("auditor").get("/v1/tenants/{id}/holds", story.tenant).then().body("items", empty());
        String hold = set(story).statusCode(201).extract().path("id");
        as("csp-admin").body(Map.of()).delete("/v1/holds/{id}", hold).then().statusCode(400);
        as("csp-admin").delete("/v1/holds/{id}", hold).then().statusCode(400);
        one(hold).then().body("releasedBy", nullValue());
        assertThat(everythingPublished(story)).doesNotContain("LegalHoldReleased");
    }

    private static Story noticed() {
        Story story = Story.retained();
        story.delivered().forEach(Told::publish);
        story.awaitSteps("NoticeDelivered", Story.NOTICES);
        return story;
    }

    private static Map<String, Object> order() {
        return new HashMap<>(Map.of(
                "authority",
                AUTHORITY,
                "caseReference",
                "4 O 12/26",
                "reason",
                REASON,
                "reviewAt",
                Time.now().plus(Duration.ofDays(365)).toString()));
    }

    private static ValidatableResponse set(Story story) {
        return set(story, Map.of());
    }

    private static ValidatableResponse set(Story story, Map<String, ?> otherwise) {
        Map<String, Object> order = order();
        order.putAll(otherwise);
        return set("csp-operator", story.tenant, order, null);
    }

    private static ValidatableResponse set(String role, UUID tenant, Map<String, Object> order, String key) {
        RequestSpecification request = as(role).body(order);
        return (key == null ? request : request.header("Idempotency-Key", key))
                .post("/v1/tenants/{id}/holds", tenant)
                .then();
    }

    private static ValidatableResponse release(String role, String hold) {
        return as(role).body(Map.of("reason", "The case is closed"))
                .delete("/v1/holds/{id}", hold)
                .then();
    }

    private static ValidatableResponse review(String role, String hold, Instant next) {
        return as(role).body(Map.of("reviewAt", next.toString()))
                .post("/v1/holds/{id}/reviews", hold)
                .then();
    }

    private static Response one(String hold) {
        return Story.as("auditor").get("/v1/holds/{id}", hold);
    }

    private static ValidatableResponse listed(Story story) {
        return Story.as("csp-operator")
                .get("/v1/blockers?tenantId={id}", story.tenant)
                .then()
                .statusCode(200);
    }

    private static ValidatableResponse ask(Story story) {
        return ask(story, Map.of());
    }

    private static ValidatableResponse ask(Story story, UUID asset) {
        return ask(story, Map.of("assetId", asset));
    }

    private static ValidatableResponse ask(Story story, Map<String, UUID> what) {
        return Story.as(Roles.DELETION_ORDER_READER)
                .queryParams(what)
                .get("/v1/terminations/{id}/deletion-order", story.termination)
                .then();
    }

    private static RequestSpecification as(String role) {
        return Story.as(role).contentType(ContentType.JSON);
    }

    private static List<Object> facts(Story story, Class<? extends Fact> type) {
        return Records.published(story.tenant, type).stream()
                .map(Event::fact)
                .<Object>map(fact -> fact)
                .toList();
    }

    private static String everythingPublished(Story story) {
        StringBuilder all = new StringBuilder();
        TestRecords.read(Topic.LIFECYCLE.topicName(), story.tenant.toString())
                .forEach(record -> all.append(new String(record.value(), StandardCharsets.UTF_8)));
        return all.toString();
    }
}

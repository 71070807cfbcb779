package io.tenure.lifecycle.extension;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import io.tenure.events.Event;
import io.tenure.events.LifecycleFact.RescheduleCause;
import io.tenure.events.LifecycleFact.RetentionRescheduled;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.TestTokens;
import io.tenure.lifecycle.LifecycleTest;
import io.tenure.lifecycle.Records;
import io.tenure.lifecycle.Records.Told;
import io.tenure.lifecycle.Story;
import io.tenure.lifecycle.Time;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is agreed about a retention, and extensions within that. */
@LifecycleTest
class ExtensionTest {

    @Test
    void anExtensionMakesANewScheduleWithItsOwnNotices() {
        Story story = noticed();
        Instant end = end(story).plus(Duration.ofDays(20));
        extend(Story.as("csp-operator"), story, end)
                .statusCode(200)
                .body("retentionEndsAt", equalTo(end.toString()))
                .body("state", equalTo("RETAINED"));

        await().until(() -> rescheduled(story).size() == 1);
        RetentionRescheduled fact = rescheduled(story).getFirst();
        assertThat(fact.version()).isEqualTo(2);
        assertThat(fact.retentionEndsAt()).isEqualTo(end);
        assertThat(fact.cause()).isEqualTo(RescheduleCause.EXTENDED_BY_PROVIDER);
        assertThat(fact.warnings())
                .containsExactly(
                        end.minus(Duration.ofDays(14)), end.minus(Duration.ofDays(7)), end.minus(Duration.ofDays(1)));
        Time.advance(Duration.ofDays(31));
        assertThat(story.get().<String>path("state")).isEqualTo("RETAINED");
        Time.advance(Duration.ofDays(20));
        // The notices of the first schedule prove nothing any more.
        await().until(() -> story.get().jsonPath().getList("blockers.owner").contains("notification"));
        story.delivered(2, NoticeKind.RETENTION_EXTENDED, 1).publish();
        for (int warning = 1; warning <= 3; warning++) {
            story.delivered(2, NoticeKind.RETENTION_WARNING, warning).publish();
        }
        Time.advance(Duration.ofDays(20));
        await().until(() ->
                rescheduled(story).size() > 1 || story.get().path("state").equals("DELETING"));
        Story.as("auditor")
                .get("/v1/terminations/{id}/interventions", story.termination)
                .then()
                .body("items.action", hasItem("EXTEND"))
                .body("items.reason", hasItem("More time is needed"));
    }

    @Test
    void theCustomerExtendsOnceUpToItsLimit() {
        Story story = noticed();
        Instant end = end(story);
        refused("beyond-customer-limit", extend(departing(story), story, end.plus(Duration.ofDays(31))));
        extend(departing(story), story, end.plus(Duration.ofDays(30))).statusCode(200);
        refused("extended-before", extend(departing(story), story, end.plus(Duration.ofDays(31))));
        extend(Story.as("csp-operator"), story, end.plus(Duration.ofDays(40))).statusCode(200);

        await().until(() -> rescheduled(story).size() == 2);
        assertThat(rescheduled(story))
                .extracting(RetentionRescheduled::cause)
                .containsExactly(RescheduleCause.EXTENDED_BY_CUSTOMER, RescheduleCause.EXTENDED_BY_PROVIDER);
        assertThat(rescheduled(story)).extracting(RetentionRescheduled::version).containsExactly(2, 3);
    }

    @Test
    void whatTheTermsDoNotAllowIsRefused() {
        Story story = noticed();
        Instant end = end(story);
        refused(
                "end-in-the-past",
                extend(Story.as("csp-operator"), story, Time.now().minusSeconds(1)));
        refused("below-minimum", extend(Story.as("csp-operator"), story, end.minus(Duration.ofDays(1))));
        refused("retention-shortened", extend(Story.as("csp-operator"), story, end));
        refused("beyond-maximum", extend(Story.as("csp-operator"), story, end.plus(Duration.ofDays(336))));
        assertThat(end(story)).isEqualTo(end);
        Story requested = Story.requested();
        refused("not-retained", extend(Story.as("csp-operator"), requested, end.plus(Duration.ofDays(5))));
        refused("not-retained", extend(Story.as("csp-operator"), Story.deleting(), end.plus(Duration.ofDays(90))));
        assertThat(rescheduled(story)).isEmpty();
    }

    @Test
    void onlyWhoMayExtendsAndARepetitionDoesSoOnce() {
        Story story = noticed();
        Instant end = end(story).plus(Duration.ofDays(5));
        for (String role : List.of("csp-admin", "account-manager", "auditor", "service")) {
            extend(Story.as(role), story, end).statusCode(403);
        }
        Story other = Story.retained();
        extend(departing(other), story, end).statusCode(404);
        extend(Story.as("csp-operator"), Ids.next(), end).statusCode(404);
        for (Object wrong : new Object[] {"tomorrow", 5, " "}) {
            Story.as("csp-operator")
                    .contentType(ContentType.JSON)
                    .body(Map.of("retentionEndsAt", wrong, "reason", "why"))
                    .post("/v1/terminations/{id}/extension", story.termination)
                    .then()
                    .statusCode(400);
        }
        for (int i = 0; i < 2; i++) {
            extend(Story.as("csp-operator").header("Idempotency-Key", "extend-" + story.termination), story, end)
                    .statusCode(200)
                    .body("retentionEndsAt", equalTo(end.toString()));
        }
        await().until(() -> rescheduled(story).size() == 1);
    }

    /** What a contract says holds for terminations that are requested afterwards, and shows in the customer's zone. */
    @Test
    void aTerminationKeepsTheTermsOfItsRequest() {
        Story before = Story.requested();
        Story story = Story.of();
        for (Story each : List.of(before, story)) {
            agree("account-manager", each.tenant, "\"0\"", agreement("P60D", "P90D", "Asia/Tokyo"))
                    .statusCode(200)
                    .header("ETag", equalTo("\"1\""))
                    .body("period", equalTo("PT1440H"))
                    .body("contract", equalTo("C-2026-17"))
                    .body("minimum", equalTo("PT720H"))
                    .body("changedBy", equalTo("test-account-manager"));
        }
        story.termination = UUID.fromString(story.request().path("id"));
        for (Story each : List.of(before, story)) {
            each.disablement().forEach(Told::publish);
            each.awaitState("RETAINED");
        }

        assertThat(length(before)).isEqualTo(Duration.ofDays(30));
        assertThat(length(story)).isEqualTo(Duration.ofDays(60));
        before.get().then().body("timeZone", equalTo("UTC"));
        String there = story.get()
                .then()
                .body("timeZone", equalTo("Asia/Tokyo"))
                .extract()
                .path("retentionEndsAtThere");
        assertThat(there).endsWith("+09:00");
        assertThat(OffsetDateTime.parse(there).toInstant()).isEqualTo(end(story));
        agree("account-manager", story.tenant, "\"1\"", agreement("P30D", "P30D", "UTC"))
                .statusCode(200);
        assertThat(length(story)).isEqualTo(Duration.ofDays(60));
        refused(
                "beyond-maximum",
                extend(Story.as("csp-operator"), story, end(story).plus(Duration.ofDays(31))));
        extend(Story.as("csp-operator"), story, end(story).plus(Duration.ofDays(30)))
                .statusCode(200);
    }

    @Test
    void anAgreementIsCheckedAndGuardedByItsETag() {
        Story story = Story.of();
        Story.as("auditor")
                .get("/v1/tenants/{id}/retention-policy", story.tenant)
                .then()
                .statusCode(200)
                .header("ETag", equalTo("\"0\""))
                .body("period", equalTo("PT720H"))
                .body("contract", nullValue())
                .body("customerExtensions", equalTo(1))
                .body("maximum", notNullValue());
        agree("account-manager", story.tenant, null, agreement("P60D", "P90D", "UTC"))
                .statusCode(428);
        agree("account-manager", story.tenant, "\"7\"", agreement("P60D", "P90D", "UTC"))
                .statusCode(412);
        refused("below-minimum", agree("csp-admin", story.tenant, "*", agreement("P29D", "P90D", "UTC")));
        refused("beyond-maximum", agree("csp-admin", story.tenant, "*", agreement("P60D", "P366D", "UTC")));
        refused("period-too-long", agree("csp-admin", story.tenant, "*", agreement("P60D", "P59D", "UTC")));
        for (Map<String, Object> wrong : List.of(
                agreement("60", "P90D", "UTC"),
                agreement("P2M", "P90D", "UTC"),
                agreement("P60D", "P90D", "Mars/Olympus"),
                agreement("P60D", "P90D", " "))) {
            agree("csp-admin", story.tenant, "*", wrong).statusCode(400);
        }
        Map<String, Object> number = agreement("P60D", "P90D", "UTC");
        number.put("period", 5184000);
        agree("csp-admin", story.tenant, "*", number).statusCode(400);
        for (String role : List.of("csp-operator", "auditor", "service")) {
            agree(role, story.tenant, "*", agreement("P60D", "P90D", "UTC")).statusCode(403);
        }
        agree("csp-admin", Ids.next(), "*", agreement("P60D", "P90D", "UTC")).statusCode(404);
        story.asAdministrator()
                .get("/v1/tenants/{id}/retention-policy", story.tenant)
                .then()
                .statusCode(200)
                .header("ETag", equalTo("\"0\""));
        story.asAdministrator()
                .get("/v1/tenants/{id}/retention-policy", Story.of().tenant)
                .then()
                .statusCode(404);
    }

    private static Story noticed() {
        Story story = Story.retained();
        story.delivered().forEach(Told::publish);
        story.awaitSteps("NoticeDelivered", Story.NOTICES);
        return story;
    }

    private static Instant end(Story story) {
        return Instant.parse(story.get().path("retentionEndsAt"));
    }

    private static Duration length(Story story) {
        var started = (RetentionStarted)
                await().until(() -> Records.published(story.tenant, RetentionStarted.class), found -> found.size() == 1)
                        .getFirst()
                        .fact();
        return Duration.between(started.retentionStartedAt(), started.retentionEndsAt());
    }

    private static Map<String, Object> agreement(String period, String maximum, String timeZone) {
        return new HashMap<>(
                Map.of("contract", "C-2026-17", "period", period, "maximum", maximum, "timeZone", timeZone));
    }

    private static ValidatableResponse agree(String role, UUID tenant, String etag, Map<String, Object> agreement) {
        RequestSpecification request =
                Story.as(role).contentType(ContentType.JSON).body(agreement);
        return (etag == null ? request : request.header("If-Match", etag))
                .put("/v1/tenants/{id}/retention-policy", tenant)
                .then();
    }

    private static RequestSpecification departing(Story story) {
        return given().auth().oauth2(TestTokens.departing("lifecycle", story.tenant));
    }

    private static ValidatableResponse extend(RequestSpecification as, Story story, Instant end) {
        return extend(as, story.termination, end);
    }

    private static ValidatableResponse extend(RequestSpecification as, UUID termination, Instant end) {
        return as.contentType(ContentType.JSON)
                .body(Map.of("retentionEndsAt", end.toString(), "reason", "More time is needed"))
                .post("/v1/terminations/{id}/extension", termination)
                .then();
    }

    private static void refused(String slug, ValidatableResponse answer) {
        answer.statusCode(409).body("type", equalTo("urn:tenure:problem:" + slug));
    }

    private static List<RetentionRescheduled> rescheduled(Story story) {
        return Records.published(story.tenant, RetentionRescheduled.class).stream()
                .map(Event::fact)
                .map(RetentionRescheduled.class::cast)
                .toList();
    }
}

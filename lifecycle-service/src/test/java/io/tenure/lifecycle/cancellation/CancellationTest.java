package io.tenure.lifecycle.cancellation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import io.tenure.events.AdministrativeActionPerformed;
import io.tenure.events.Event;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.LifecycleFact.RestorationStarted;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.LifecycleFact.TerminationCancelled;
import io.tenure.kit.Ids;
import io.tenure.lifecycle.LifecycleTest;
import io.tenure.lifecycle.Records;
import io.tenure.lifecycle.Records.Told;
import io.tenure.lifecycle.Story;
import io.tenure.lifecycle.Time;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@LifecycleTest
class CancellationTest {

    @Test
    void aRetentionCanBeCancelledAndNothingIsDeletedThen() {
        Story story = Story.retained();
        story.delivered().forEach(Told::publish);
        story.awaitSteps("NoticeDelivered", Story.NOTICES);

        story.cancel()
                .then()
                .statusCode(202)
                .header("Location", containsString(story.termination.toString()))
                .body("state", equalTo("RESTORING"));
        Time.advance(Duration.ofDays(60));
        story.cancel().then().statusCode(202).body("state", equalTo("RESTORING"));
        Story.publishShuffled(story.restoration(), 7);
        story.awaitState("CANCELLED");
        story.cancel().then().statusCode(202).body("state", equalTo("CANCELLED"));

        await().until(() ->
                Records.published(story.tenant, TerminationCancelled.class).size() == 1);
        assertThat(Records.published(story.tenant, RestorationStarted.class)).hasSize(1);
        assertThat(Records.published(story.tenant, DeletionStarted.class)).isEmpty();
        assertThat(Records.published(story.tenant, AdministrativeActionPerformed.class).stream()
                        .map(Event::fact)
                        .map(fact -> ((AdministrativeActionPerformed) fact).action()))
                .containsExactly("termination.request", "termination.cancel");
    }

    @Test
    void factsOfTheDisablementThatComeLateChangeNothing() {
        Story story = Story.requested();
        story.disablement().getFirst().publish();
        story.awaitState("DISABLING");
        story.cancel().then().statusCode(202);

        story.disablement().forEach(Told::publish);
        story.awaitSteps("TenantAccessRestricted", 1);
        story.awaitSteps("TenantDisabled", 1);
        assertThat(story.get().<String>path("state")).isEqualTo("RESTORING");
        story.restoration().forEach(Told::publish);
        story.awaitState("CANCELLED");
        assertThat(Records.published(story.tenant, RetentionStarted.class)).isEmpty();
    }

    @Test
    void afterACancellationANewTerminationMayBegin() {
        Story story = Story.requested();
        UUID first = story.termination;
        story.cancel().then().statusCode(202);
        story.request().then().statusCode(200).body("id", equalTo(first.toString()));
        story.restoration().forEach(Told::publish);
        story.awaitState("CANCELLED");

        story.termination = UUID.fromString(story.request()
                .then()
                .statusCode(202)
                .body("id", not(equalTo(first.toString())))
                .extract()
                .path("id"));
        story.disablement().forEach(Told::publish);
        story.awaitState("RETAINED");
    }

    @Test
    void aTenantsAdministratorMayCancelWithAnIdempotencyKey() {
        Story story = Story.requested();
        for (int i = 0; i < 2; i++) {
            story.asAdministrator()
                    .header("Idempotency-Key", "back-" + story.termination)
                    .post("/v1/terminations/{id}/cancellation", story.termination)
                    .then()
                    .statusCode(202);
        }
        await().until(() ->
                Records.published(story.tenant, RestorationStarted.class).size() == 1);
    }

    @Test
    void aDeletionCannotBeCancelled() {
        Story story = Story.deleting();
        story.cancel()
                .then()
                .statusCode(409)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:tenure:problem:deletion-started"));

        story.deletion().forEach(Told::publish);
        story.awaitState("DELETED");
        story.cancel().then().statusCode(409);
        assertThat(Records.published(story.tenant, RestorationStarted.class)).isEmpty();
    }

    @Test
    void anUnknownTerminationIsNotFound() {
        Story.as("account-manager")
                .post("/v1/terminations/{id}/cancellation", Ids.next())
                .then()
                .statusCode(404);
    }
}

package io.tenure.local.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** A court forbids the deletion, and the customer asks for more time: both are possible while the retention runs. */
final class HoldAndExtension implements Stage {

    private static final String AUTHORITY = "District Court of Frankfurt";
    private static final Duration LONGER = Duration.ofSeconds(3);

    @Override
    public String name() {
        return "a legal hold, and a longer retention";
    }

    @Override
    public String run(Story story) throws Exception {
        var order = Map.of(
                "authority",
                AUTHORITY,
                "caseReference",
                "4 O 12/26",
                "reason",
                "Evidence in a case of fraud",
                "reviewAt",
                Instant.now().plus(Duration.ofDays(90)).toString());
        var held = story.post(
                "lifecycle",
                "/v1/tenants/" + story.tenantId + "/holds",
                order,
                story.user("operator"),
                "traceparent",
                story.traceparent());
        Story.expect(201, held, "the hold");
        story.holdId = held.json().path("id").asText();
        Story.expectProblem(
                409,
                "second-person-needed",
                story.release(story.holdId, "operator"),
                "the release by who set the hold");
        var seen = story.get("lifecycle", story.terminationPath(), story.session.lastToken());
        CheckFailed.unlessEqual(
                story.holdId, seen.path("holds").path(0).path("id").asText(), "the hold that the customer sees");
        CheckFailed.unless(!seen.toString().contains(AUTHORITY), "the customer sees who ordered the hold");

        var end = Instant.parse(seen.path("retentionEndsAt").asText()).plus(LONGER);
        var extended = story.post(
                "lifecycle",
                story.terminationPath() + "/extension",
                Map.of("retentionEndsAt", end.toString(), "reason", "The auditor comes on Monday"),
                story.session.lastToken(),
                "traceparent",
                story.traceparent());
        Story.expect(200, extended, "the extension");
        var rescheduled = story.events.await("RetentionRescheduled", Waiting.PATIENCE, e -> true);
        CheckFailed.unlessEqual(
                "EXTENDED_BY_CUSTOMER", rescheduled.data().path("cause").asText(), "the cause of the later end");
        CheckFailed.unlessEqual(
                end, Instant.parse(rescheduled.data().path("retentionEndsAt").asText()), "the later end");
        Story.expectProblem(
                409,
                "extended-before",
                story.post(
                        "lifecycle",
                        story.terminationPath() + "/extension",
                        Map.of("retentionEndsAt", end.plus(LONGER).toString(), "reason", "And on Tuesday"),
                        story.session.lastToken()),
                "a second extension by the customer");
        return "held, which the customer sees without who ordered it; " + LONGER.toSeconds()
                + " s longer as the customer asked, once";
    }
}

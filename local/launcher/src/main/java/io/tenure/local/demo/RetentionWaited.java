package io.tenure.local.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The retention passes: the customer is notified at its start and warned before its end, nothing is deleted early, and
 * nothing before the hold is released by a second person.
 */
final class RetentionWaited implements Stage {

    @Override
    public String name() {
        return "retention with notice and warnings";
    }

    @Override
    public String run(Story story) throws Exception {
        var policy = story.deployment.retention();
        var started = story.events
                .await("RetentionStarted", Waiting.PATIENCE, e -> true)
                .data();
        var length = Duration.between(
                Instant.parse(started.path("retentionStartedAt").asText()),
                Instant.parse(started.path("retentionEndsAt").asText()));
        CheckFailed.unlessEqual(policy.period(), length, "the retention's length");
        CheckFailed.unlessEqual(
                policy.warnings().size(), started.path("warnings").size(), "planned warnings");
        var rescheduled = story.events
                .await("RetentionRescheduled", Waiting.PATIENCE, e -> true)
                .data();
        var endsAt = Instant.parse(rescheduled.path("retentionEndsAt").asText());
        CheckFailed.unlessEqual(
                endsAt,
                Instant.parse(story.termination().path("retentionEndsAt").asText()),
                "the end shown by REST");
        var left = Duration.between(Instant.now(), endsAt);
        var limit = (left.isNegative() ? Duration.ZERO : left).plus(Waiting.PATIENCE);
        Waiting.untilTrue(
                "the gate names the hold",
                limit,
                () -> story.termination().path("blockers").toString().contains("A legal hold forbids"));
        CheckFailed.unless(story.events.named("DeletionStarted").isEmpty(), "a deletion began under the hold");
        var released = Instant.now();
        Story.expect(200, story.release(story.holdId, "admin"), "the release by a second person");
        var deletion = story.events.await("DeletionStarted", Waiting.PATIENCE, e -> true);
        CheckFailed.unless(!deletion.time().isBefore(endsAt), "the deletion began before the retention's end");
        var notice = Letter.of(story, "RETENTION_STARTED", 1);
        CheckFailed.unlessEqual(CreateTenant.CONTACT_EMAIL, notice.recipient(), "the notice's recipient");
        CheckFailed.unless(notice.hasHtml(), "the notice has no HTML beside its text");
        Letter.of(story, "RETENTION_EXTENDED", 1);
        for (int i = 1; i <= rescheduled.path("warnings").size(); i++) {
            Letter.of(story, "RETENTION_WARNING", i);
        }
        for (var kind : List.of("RETENTION_STARTED", "RETENTION_EXTENDED", "RETENTION_WARNING")) {
            story.events.named("NoticeDelivered").stream()
                    .filter(e -> e.data().path("kind").asText().equals(kind))
                    .forEach(e -> CheckFailed.unless(
                            !e.time().isAfter(deletion.time()),
                            "a " + kind + " was delivered after the deletion began"));
        }
        var late = Duration.between(released, deletion.time());
        return policy.period() + " and its extension kept; start notice, extension and "
                + rescheduled.path("warnings").size() + " warnings delivered; held at the end; deletion began "
                + late.toMillis() + " ms after the release, none before";
    }
}

package io.tenure.local.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The retention passes: the customer is notified at its start and warned before its end, and nothing is deleted early.
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
        var endsAt = Instant.parse(started.path("retentionEndsAt").asText());
        var length = Duration.between(
                Instant.parse(started.path("retentionStartedAt").asText()), endsAt);
        CheckFailed.unlessEqual(policy.period(), length, "the retention's length");
        CheckFailed.unlessEqual(
                policy.warnings().size(), started.path("warnings").size(), "planned warnings");
        CheckFailed.unlessEqual(
                endsAt,
                Instant.parse(story.termination().path("retentionEndsAt").asText()),
                "the end shown by REST");
        var left = Duration.between(Instant.now(), endsAt);
        var limit = (left.isNegative() ? Duration.ZERO : left).plus(Waiting.PATIENCE);
        var deletion = story.events.await("DeletionStarted", limit, e -> true);
        CheckFailed.unless(!deletion.time().isBefore(endsAt), "the deletion began before the retention's end");
        var notice = Letter.of(story, "RETENTION_STARTED", 1);
        CheckFailed.unlessEqual(CreateTenant.CONTACT_EMAIL, notice.recipient(), "the notice's recipient");
        CheckFailed.unless(notice.hasHtml(), "the notice has no HTML beside its text");
        for (int i = 1; i <= policy.warnings().size(); i++) {
            Letter.of(story, "RETENTION_WARNING", i);
        }
        for (var kind : List.of("RETENTION_STARTED", "RETENTION_WARNING")) {
            story.events.named("NoticeDelivered").stream()
                    .filter(e -> e.data().path("kind").asText().equals(kind))
                    .forEach(e -> CheckFailed.unless(
                            !e.time().isAfter(deletion.time()),
                            "a " + kind + " was delivered after the deletion began"));
        }
        var late = Duration.between(endsAt, deletion.time());
        return policy.period() + " kept; start notice and " + policy.warnings().size()
                + " warnings delivered; deletion began " + late.toMillis() + " ms after the end, none before";
    }
}

package io.tenure.systemtests.outage;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenure.events.Event;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.NotificationFact.NoticeAccepted;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.systemtests.harness.SystemExtension;
import io.tenure.systemtests.harness.SystemUnderTest;
import io.tenure.systemtests.proof.OnceOnly;
import io.tenure.systemtests.story.Story;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** The mail server is away for the whole retention, and then all warnings leave at once. */
@Order(8)
@Isolated("stops the mail server")
@ExtendWith(SystemExtension.class)
class LateMailTest {

    private final SystemUnderTest system;

    LateMailTest(SystemUnderTest system) {
        this.system = system;
    }

    @Test
    void theCustomerHasTheTimeThatTheFirstWarningPromises() throws IOException {
        var story = Story.withAssets(system, "late mail", 1, 0);
        system.platform().mail().stop();
        try {
            story.terminate();
            story.awaitRetained();
            var ends = Instant.parse(story.termination().get("retentionEndsAt").asText());
            story.await("the retention is over", () -> Instant.now().isAfter(ends));
            story.await(
                    "a blocker says that nobody was told",
                    () -> story.termination().get("blockers").toString().contains("not proven delivered"));
            assertThat(story.state()).isEqualTo("RETAINED");
        } finally {
            system.platform().mail().start();
        }
        story.awaitDeleted();
        story.settle(OnceOnly::checkDeleted);

        var warned = firstWarning(story);
        var deletion = story.events().stream()
                .filter(event -> event.fact() instanceof DeletionStarted)
                .map(Event::time)
                .findFirst()
                .orElseThrow();
        // All services go by this machine's clock here; what a fact describes may be a little older than the fact.
        assertThat(Duration.between(warned, deletion))
                .isGreaterThan(SystemUnderTest.RETENTION.warnings().getFirst().minusMillis(500));
    }

    private static Instant firstWarning(Story story) {
        return story.events().stream()
                .filter(event -> event.fact() instanceof NoticeAccepted accepted
                        && accepted.kind() == NoticeKind.RETENTION_WARNING
                        && accepted.sequence() == 1)
                .map(Event::time)
                .findFirst()
                .orElseThrow();
    }
}

package io.tenure.systemtests.deletion;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenure.local.platform.Http;
import io.tenure.systemtests.harness.SystemExtension;
import io.tenure.systemtests.harness.SystemUnderTest;
import io.tenure.systemtests.proof.Disks;
import io.tenure.systemtests.proof.OnceOnly;
import io.tenure.systemtests.story.Story;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** The provider stops all deletions, for example while it is under attack. */
@Order(7)
@Isolated("stops all deletions")
@ExtendWith(SystemExtension.class)
class StoppedDeletionsTest {

    private final SystemUnderTest system;

    StoppedDeletionsTest(SystemUnderTest system) {
        this.system = system;
    }

    @Test
    void nothingIsDeletedBeforeTheyAreResumed() {
        var story = Story.withAssets(system, "stopped deletions", 1, 0);
        var disks = system.disksOf(story.tenantId());
        change("operator", "stop");
        try {
            story.terminate();
            story.awaitRetained();
            var before = Disks.of(disks);
            var ends = Instant.parse(story.termination().get("retentionEndsAt").asText());
            story.await("a blocker says so", () -> story.termination()
                    .get("blockers")
                    .toString()
                    .contains("Deletions are stopped for all tenants"));
            assertThat(Instant.now()).isAfterOrEqualTo(ends);
            assertThat(story.state()).isEqualTo("RETAINED");
            assertThat(Disks.of(disks)).isEqualTo(before);
        } finally {
            change("admin", "resumption");
        }
        story.awaitDeleted();
        story.settle(OnceOnly::checkDeleted);
    }

    private void change(String user, String what) {
        var answer = Http.json(
                "POST",
                system.url("lifecycle").resolve("/v1/deletion-gate/" + what),
                Map.of("reason", "an exercise"),
                "Authorization",
                "Bearer " + system.tokens().user(user));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }
}

package io.tenure.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenure.local.platform.Http;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** A server that everything rests on goes away in the middle of a cascade and comes back. */
@Order(5)
@ExtendWith(SystemExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutageTest {

    private SystemUnderTest system;
    private Story asked;
    private Story kept;
    private Story cutOff;

    @BeforeAll
    void prepare(SystemUnderTest system) {
        this.system = system;
        var first = Running.start("asked", () -> Story.withAssets(system, "asked for while Kafka is away", 1, 1));
        var second = Running.start("kept", () -> Story.withAssets(system, "retained while Kafka is away", 1, 1));
        cutOff = Story.withAssets(system, "cut off from PostgreSQL", 2, 1);
        asked = first.get();
        kept = second.get();
    }

    @Test
    void kafkaStopsAndStartsInTheMiddleOfCascades() throws IOException {
        kept.terminate();
        kept.awaitRetained();
        var ends = Instant.parse(kept.termination().get("retentionEndsAt").asText());
        system.platform().kafka().stop();
        asked.terminate();
        assertThat(asked.state()).as("nobody can have heard of it yet").isEqualTo("REQUESTED");
        kept.await("the retention is over", () -> Instant.now().isAfter(ends));
        assertThat(kept.state())
                .as("no deletion without proof that the warnings arrived")
                .isEqualTo("RETAINED");
        system.platform().kafka().start();
        for (var story : List.of(asked, kept)) {
            story.awaitDeleted();
            story.settle(OnceOnly::checkDeleted);
            AuditLog.checkHoldsExactly(story);
        }
    }

    @Test
    void postgresStopsAndStartsInTheMiddleOfACascade() throws IOException {
        cutOff.terminate();
        system.platform().postgres().stop();
        var refused = Http.json(
                "GET",
                system.url("provisioning").resolve("/v1/tenants/" + cutOff.tenantId()),
                null,
                "Authorization",
                "Bearer " + system.tokens().crm());
        assertThat(refused.status()).as(refused.body()).isEqualTo(503);
        assertThat(refused.header("Content-Type")).startsWith("application/problem+json");
        assertThat(refused.json().get("type").asText()).isEqualTo("urn:tenure:problem:unavailable");
        system.platform().postgres().start();
        cutOff.awaitDeleted();
        cutOff.settle(OnceOnly::checkDeleted);
        AuditLog.checkHoldsExactly(cutOff);
    }
}

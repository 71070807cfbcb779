package io.tenure.systemtests.outage;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenure.local.platform.Http;
import io.tenure.local.platform.Services;
import io.tenure.systemtests.harness.Running;
import io.tenure.systemtests.harness.SystemExtension;
import io.tenure.systemtests.harness.SystemUnderTest;
import io.tenure.systemtests.proof.AuditLog;
import io.tenure.systemtests.proof.OnceOnly;
import io.tenure.systemtests.story.Story;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** A server that everything rests on goes away in the middle of a cascade and comes back. */
@Order(5)
@Isolated("stops servers")
@ExtendWith(SystemExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutageTest {

    private SystemUnderTest system;
    private Story asked;
    private Story kept;
    private Story cutOff;
    private Map<String, Story> failedOver;

    @BeforeAll
    void prepare(SystemUnderTest system) {
        this.system = system;
        failedOver = Stream.of("REQUESTED", "RETAINED", "DELETING", "RESTORING")
                .collect(Collectors.toMap(
                        Function.identity(), phase -> Story.begin(system, "failed over while " + phase)));
        failedOver.values().forEach(story -> story.order(1, 0));
        var first = Running.start("asked", () -> Story.withAssets(system, "asked for while Kafka is away", 1, 1));
        var second = Running.start("kept", () -> Story.withAssets(system, "retained while Kafka is away", 1, 1));
        cutOff = Story.withAssets(system, "cut off from PostgreSQL", 2, 1);
        asked = first.get();
        kept = second.get();
        failedOver.values().forEach(Story::awaitHandedOver);
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

    /** As after a failover: for some seconds every database can only be read, whatever phase a termination is in. */
    @Test
    void databasesThatCanOnlyBeReadLoseNothing() throws SQLException {
        var requested = failedOver.get("REQUESTED");
        var deleting = failedOver.get("DELETING").terminate();
        deleting.awaitRetained();
        var others = List.of(failedOver.get("RETAINED"), failedOver.get("RESTORING"));
        var ends = Instant.parse(deleting.termination().get("retentionEndsAt").asText());
        deleting.await("its retention is nearly over", () -> Instant.now()
                .isAfter(ends.minus(SystemUnderTest.RETENTION.period().dividedBy(3))));
        others.forEach(Story::terminate);
        others.forEach(Story::awaitRetained);
        deleting.await("the deletion has started", () -> !deleting.state().equals("RETAINED"));
        requested.terminate();
        failedOver.get("RESTORING").cancel();
        for (var service : Services.ALL) {
            readOnly(service.name(), true);
        }
        try {
            requested.await("a request gets 503", () -> {
                var refused = Http.json(
                        "POST",
                        system.url("lifecycle")
                                .resolve("/v1/terminations/" + requested.terminationId() + "/cancellation"),
                        null,
                        "Authorization",
                        "Bearer " + system.tokens().crm());
                return refused.status() == 503 && refused.header("Retry-After") != null;
            });
        } finally {
            for (var service : Services.ALL) {
                readOnly(service.name(), false);
            }
        }
        failedOver.get("RESTORING").awaitCancelled();
        failedOver.get("RESTORING").settle(OnceOnly::checkCancelled);
        for (var story : List.of(requested, deleting, failedOver.get("RETAINED"))) {
            story.awaitDeleted();
            story.settle(OnceOnly::checkDeleted);
        }
        failedOver.values().forEach(AuditLog::checkHoldsExactly);
    }

    private void readOnly(String service, boolean only) throws SQLException {
        var platform = system.platform();
        var secrets = platform.secrets();
        try (var owner = platform.postgres()
                        .connect(service + "_owner", secrets.password("db-" + service + "-owner"), service);
                var statement = owner.createStatement()) {
            // The owner's sessions are read-only, too.
            statement.execute("SET default_transaction_read_only = off");
            statement.execute("ALTER DATABASE " + service
                    + (only ? " SET default_transaction_read_only = on" : " RESET default_transaction_read_only"));
        }
        try (var runtime = platform.postgres().connect(service, secrets.password("db-" + service), service);
                var statement = runtime.createStatement()) {
            statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE usename = current_user AND pid <> pg_backend_pid()");
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

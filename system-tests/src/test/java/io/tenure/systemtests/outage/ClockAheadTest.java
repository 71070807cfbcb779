package io.tenure.systemtests.outage;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenure.events.CredentialFact.CredentialHandedOver;
import io.tenure.events.Event;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.local.platform.Http;
import io.tenure.local.platform.ServiceProcess;
import io.tenure.systemtests.harness.FakedClock;
import io.tenure.systemtests.harness.Running;
import io.tenure.systemtests.harness.SystemExtension;
import io.tenure.systemtests.harness.SystemUnderTest;
import io.tenure.systemtests.proof.Evidenced;
import io.tenure.systemtests.proof.OnceOnly;
import io.tenure.systemtests.story.Customer;
import io.tenure.systemtests.story.Story;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Half of the replicas run on machines whose clocks are a day off, and nobody can tell by what happens. Runs in the profile
 * {@code libfaketime} and needs the library of that name.
 */
@Order(10)
@Isolated("its replicas have another clock")
@Tag("libfaketime")
@EnabledIf("io.tenure.systemtests.harness.FakedClock#isInstalled")
@ExtendWith(SystemExtension.class)
class ClockAheadTest {

    /** Enough that both replicas of a service have some, by the partitions that the ids fall into. */
    private static final int TENANTS = 3;

    private final SystemUnderTest system;

    ClockAheadTest(SystemUnderTest system) {
        this.system = system;
    }

    @ParameterizedTest
    @ValueSource(strings = {"+1d", "-1d"})
    void aReplicaWhoseClockIsADayOffDecidesAsTheOthersDo(String offset) throws SQLException {
        var began = database();
        var starting = Stream.of("provisioning", "lifecycle", "credential", "notification")
                .collect(Collectors.toMap(
                        Function.identity(),
                        service -> Running.start(
                                service,
                                () -> system.replica(service, service + offset, FakedClock.environment(offset)))));
        try {
            starting.values().forEach(Running::get);
            var credential = starting.get("credential").get();
            var stories = IntStream.rangeClosed(1, TENANTS)
                    .mapToObj(i -> Running.start("tenant " + i, () -> live(credential, offset + ", tenant " + i)))
                    .toList();
            for (var each : stories) {
                var story = each.get();
                story.settle(OnceOnly::checkDeleted);
                checkTimes(story, began, database());
                assertThat(Evidenced.collect(story).verify().ok()).isTrue();
            }
            long seconds = Duration.ofDays(offset.startsWith("-") ? -1 : 1).toSeconds();
            for (var replica : starting.values()) {
                assertThat(clockOffset(replica.get()))
                        .as(
                                "%s tells how far its machine's clock is off",
                                replica.get().name())
                        .isCloseTo((double) seconds, Offset.offset(60.0));
            }
        } finally {
            starting.values().forEach(ClockAheadTest::stop);
        }
    }

    private static void stop(Running<ServiceProcess> replica) {
        try {
            replica.get().stop();
        } catch (RuntimeException neverRan) {
            // The test has failed with it.
        }
    }

    private Story live(ServiceProcess credential, String label) {
        var story = Story.withAssets(system, label, 1, 0);
        var customer = new Customer(story);
        var link = customer.linkTo(story.assets().getFirst());
        var reveals = credential.url().resolve("/v1/reveals");
        var revealed = Http.json("POST", reveals, Map.of("token", link));
        assertThat(revealed.status())
                .as("%s: its link can be redeemed wherever it is asked for", label)
                .isEqualTo(200);
        system.sensitive().add("revealed secret", revealed.json().get("secret").asText());
        assertThat(customer.reveal(link).status()).as("and once").isEqualTo(410);
        story.awaitFact(CredentialHandedOver.class);
        story.terminate();
        story.awaitDeleted();
        return story;
    }

    private static void checkTimes(Story story, Instant began, Instant ended) {
        for (var event : story.events()) {
            assertThat(event.time()).as("%s: %s", story.label(), event.type()).isBetween(began, ended);
            // The first 48 bits of a UUIDv7 are milliseconds.
            assertThat(Instant.ofEpochMilli(event.id().getMostSignificantBits() >>> 16))
                    .as("%s: id of %s", story.label(), event.type())
                    .isBetween(began.minusMillis(1), ended);
        }
        var retention = story.facts(RetentionStarted.class).getFirst();
        assertThat(retention.retentionEndsAt())
                .as("the retention is what the policy says")
                .isEqualTo(retention.retentionStartedAt().plus(SystemUnderTest.RETENTION.period()));
        var deletion = story.events().stream()
                .filter(event -> event.fact() instanceof DeletionStarted)
                .map(Event::time)
                .findFirst()
                .orElseThrow();
        assertThat(deletion).as("the deletion waits for the end").isAfterOrEqualTo(retention.retentionEndsAt());
    }

    private static double clockOffset(ServiceProcess replica) {
        var metrics = Http.get(replica.url().resolve("/q/metrics")).body();
        return List.of(metrics.split("\n")).stream()
                .filter(line -> line.startsWith("tenure_clock_offset_seconds"))
                .map(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }

    private Instant database() throws SQLException {
        var platform = system.platform();
        try (var connection = platform.postgres()
                        .connect("postgres", platform.secrets().password("db-superuser"), "lifecycle");
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT clock_timestamp()")) {
            rows.next();
            return rows.getObject(1, OffsetDateTime.class).toInstant();
        }
    }
}
